import type { Config, NodeConfig, RegionConfig } from "./config.ts";
import { doubtsOf } from "./config-doubts.ts";
import type { OutputSaid } from "./config-points.ts";
import { type Finding, warn } from "./config-problem.ts";
import { boundsOf } from "./output-bounds.ts";
import { isSwitch, pollOf } from "./places.ts";
import { formatDuration } from "./quantity.ts";

/** What a sound configuration allows and its author may not have meant. */
export function warningsOf(config: Config): Finding[] {
  return config.role === "region" ? openBroker(config) : nodeWarnings(config);
}

function openBroker({ broker }: RegionConfig): Finding[] {
  const host = broker.listen?.host;
  if (host === undefined || isLoopback(host)) return [];
  return [
    warn(
      "CONFIG_OPEN_BROKER",
      ["broker", "listen", "host"],
      `the broker listens on ${host} and does not ask who connects`,
      "keep it inside a closed network, or name a broker with accounts in broker.url",
    ),
  ];
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

function nodeWarnings(config: NodeConfig): Finding[] {
  return [
    ...sharedDevices(config),
    ...Object.keys(config.inputs).flatMap((name) => tightAge(config, name)),
    ...Object.entries(config.outputs).flatMap(([name, output]) => [
      ...heldCoil(name, output),
      ...starvedWatchdog(config, name, output),
    ]),
    ...Object.keys(config.loops).flatMap((name) => [
      ...slowInput(config, name),
      ...chatter(config, name),
      ...coarseOutput(config, name),
    ]),
    ...doubtsOf(config),
  ];
}

/** Overlapping registers are found within one device only. */
function sharedDevices({ devices }: NodeConfig): Finding[] {
  const first = new Map<string, string>();
  return Object.entries(devices).flatMap(([name, device]) => {
    if (device.driver !== "modbus-tcp") return [];
    const { host, port, unit } = device;
    const place = `${host}:${port} unit ${unit}`;
    const other = first.get(place);
    if (other === undefined) first.set(place, name);
    if (other === undefined) return [];
    const message = `is ${place}, as devices.${other} is`;
    return [
      warn(
        "CONFIG_SHARED_DEVICE",
        ["devices", name],
        message,
        "say it once, so that overlapping registers are found",
        "key",
      ),
    ];
  });
}

const pollOfInput = ({ inputs, devices }: NodeConfig, name: string) =>
  inputs[name]?.poll ?? pollOf(devices[inputs[name]?.device ?? ""]);

function tightAge(config: NodeConfig, name: string): Finding[] {
  const maxAge = config.inputs[name]?.maxAge;
  const poll = pollOfInput(config, name);
  if (maxAge === undefined || poll === undefined || maxAge >= 2 * poll) return [];
  return [
    warn(
      "CONFIG_TIGHT_AGE",
      ["inputs", name, "maxAge"],
      `${formatDuration(maxAge)} is less than two polls of ${formatDuration(poll)}: one late answer makes the value stale`,
      "allow at least two polls, or poll more often",
    ),
  ];
}

function heldCoil(name: string, output: OutputSaid): Finding[] {
  if (output.onAgentLoss !== "hold" || !isSwitch(output)) return [];
  return [
    warn(
      "CONFIG_HELD_COIL",
      ["outputs", name, "onAgentLoss"],
      "what is switched on stays on, with nobody to switch it off, when the program stops",
      "write safe, unless the machine is safe to run for ever",
    ),
  ];
}

function starvedWatchdog(config: NodeConfig, name: string, output: OutputSaid): Finding[] {
  const watchdog = config.simulation?.[output.device]?.watchdog;
  if (watchdog === undefined || output.refresh * 2 <= watchdog) return [];
  return [
    warn(
      "CONFIG_STARVED_WATCHDOG",
      ["outputs", name, "refresh"],
      `${formatDuration(output.refresh)} is more than half of the device's watchdog of ${formatDuration(watchdog)}: one late write switches the outputs off`,
      "refresh at least twice within simulation's watchdog",
    ),
  ];
}

function slowInput(config: NodeConfig, name: string): Finding[] {
  const loop = config.loops[name];
  const poll = pollOfInput(config, loop?.input ?? "");
  if (loop === undefined || poll === undefined || loop.period >= poll) return [];
  return [
    warn(
      "CONFIG_SLOW_INPUT",
      ["loops", name, "period"],
      `${formatDuration(loop.period)} is shorter than the poll of ${loop.input}, ${formatDuration(poll)}: it decides on old values`,
      "decide less often, or give the input a shorter poll",
    ),
  ];
}

function chatter({ loops, outputs }: NodeConfig, name: string): Finding[] {
  const loop = loops[name];
  const output = outputs[loop?.output ?? ""];
  if (loop?.kind !== "on-off" || loop.deadband.value > 0) return [];
  if (output !== undefined && output.minOn + output.minOff > 0) return [];
  return [
    warn(
      "CONFIG_CHATTER",
      ["loops", name, "deadband"],
      "a deadband of 0 without minOn and minOff switches at every crossing of the setpoint",
      "write a deadband wider than the sensor's noise",
    ),
  ];
}

/** A forgotten scale leaves a valve with two positions. */
function coarseOutput({ loops, outputs }: NodeConfig, name: string): Finding[] {
  const loop = loops[name];
  const output = outputs[loop?.output ?? ""];
  if (loop?.kind !== "pid" || output?.register === undefined) return [];
  const { register } = output;
  if (register.type === "float32") return [];
  const [least, greatest] = boundsOf(output);
  const steps = Math.floor((greatest - least) / Math.abs(register.scale));
  if (steps >= 20) return [];
  return [
    warn(
      "CONFIG_COARSE_OUTPUT",
      ["outputs", loop.output ?? "", "register"],
      `has ${steps + 1} values between ${least} and ${greatest}, too few to modulate with`,
      "check the register's scale: it is what one step is worth",
      "key",
    ),
  ];
}
