import type { Parts } from "./config-parts.ts";
import type { InputSaid, OutputSaid } from "./config-points.ts";
import { because, type Report } from "./config-problem.ts";

type Signal = Partial<InputSaid> | Partial<OutputSaid>;

/** A signal of a Modbus device is in a register, one of an MQTT device under a topic. */
export function checkPlace(
  parts: Parts,
  list: "inputs" | "outputs",
  name: string,
  signal: Signal,
  report: Report,
): void {
  const at = [list, name];
  const driver = parts.devices.sound.get(signal.device ?? "")?.driver;
  const wanted = driver === "mqtt" ? "topic" : "register";
  const other = wanted === "topic" ? "register" : "topic";
  const refused = parts[list].refused.get(name);
  if (driver !== undefined && signal[other] !== undefined) {
    report(
      [...at, other],
      `is nothing that a device with the driver ${driver} has`,
      because("CONFIG_CONFLICT", `write ${wanted} in its place`, { on: "key" }),
    );
  } else if (signal[wanted] === undefined && refused?.has(wanted) !== true) {
    if (driver === undefined && signal[other] !== undefined) return;
    report([...at, wanted], "is missing", because("CONFIG_MISSING", remedies[wanted], missing));
  }
  if (driver === "mqtt" && "poll" in signal && signal.poll !== undefined) {
    report(
      [...at, "poll"],
      "is said of a device that nobody polls: it speaks when it likes",
      because("CONFIG_CONFLICT", "remove it; maxAge says how long a value is good", { on: "key" }),
    );
  }
}

const missing = { on: "key" } as const;
const remedies = {
  register: "add register: with a map of keys and values. Where in the device the value is.",
  topic: "add topic: with a map of keys and values, such as { name: zigbee2mqtt/cold-room }",
} as const;

/** The plants speak Modbus only. */
export function checkSimulatedDriver(parts: Parts, device: string, report: Report): void {
  if (parts.devices.sound.get(device)?.driver !== "mqtt") return;
  report(
    ["simulation", device],
    "speaks mqtt, which no simulated device does",
    because("CONFIG_CONFLICT", "remove it, or give the device the driver modbus-tcp", missing),
  );
}
