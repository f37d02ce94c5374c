import { isId } from "#src/base/id.ts";
import { type DeviceFault, slowest } from "./device-fault.ts";

/**
 * One line of the fault protocol: a JSON object that breaks one device, or mends it.
 *
 *     {"node":"n1","device":"plc","fault":{"kind":"stuck","signal":"room-air"}}
 *     {"node":"n1","device":"plc","clear":true}
 */
export interface Injection {
  readonly node: string;
  readonly device: string;
  /** Undefined mends the device of everything. */
  readonly fault: DeviceFault | undefined;
}

export type ParsedInjection = { readonly injection: Injection } | { readonly refused: string };

/** Characters. */
export const longestLine = 4_096;

export function parseInjection(line: string): ParsedInjection {
  if (line.length > longestLine) return refuse(`a line has at most ${longestLine} characters`);
  let said: unknown;
  try {
    said = JSON.parse(line);
  } catch {
    return refuse('it is not JSON, such as {"node":"n1","device":"plc","clear":true}');
  }
  if (!isObject(said)) return refuse("it is not a JSON object");
  const { node, device, fault, clear, ...unknown } = said;
  const stray = Object.keys(unknown)[0];
  if (stray !== undefined) return refuse(`unknown key "${stray}"`);
  if (!isName(node)) return refuse("node names a node");
  if (!isName(device)) return refuse("device names a device of the node");
  if ((fault === undefined) === (clear === undefined)) return refuse("say either fault or clear");
  if (fault === undefined) {
    if (clear !== true) return refuse("clear is true, or not there");
    return { injection: { node, device, fault: undefined } };
  }
  const parsed = parseFault(fault);
  return "refused" in parsed ? parsed : { injection: { node, device, fault: parsed.fault } };
}

/** Which keys each kind has besides `kind`. */
const shapes: Readonly<Record<DeviceFault["kind"], Readonly<Record<string, Check>>>> = {
  stuck: { signal: isName },
  offset: { signal: isName, by: isNumber },
  drift: { signal: isName, perHour: isNumber },
  noise: { signal: isName, times: (value) => isNumber(value) && value >= 0 },
  "stuck-actuator": { signal: isName },
  dropout: {},
  slow: { millis: (value) => isNumber(value) && value >= 0 && value <= slowest },
};

const meanings: Readonly<Record<string, string>> = {
  signal: "the name of an input or output",
  by: "a number in the signal's unit",
  perHour: "a number in the signal's unit",
  times: "a number, 0 or more",
  millis: `a number in 0 … ${slowest}`,
};

type Check = (value: unknown) => boolean;

function parseFault(said: unknown): { fault: DeviceFault } | { refused: string } {
  if (!isObject(said)) return refuse("fault is an object with a kind");
  const { kind, ...rest } = said;
  if (typeof kind !== "string" || !Object.hasOwn(shapes, kind))
    return refuse(`kind is one of: ${Object.keys(shapes).join(", ")}`);
  const shape = shapes[kind as DeviceFault["kind"]];
  for (const key of Object.keys(rest)) {
    if (!Object.hasOwn(shape, key)) return refuse(`a ${kind} fault has no "${key}"`);
  }
  for (const [key, fits] of Object.entries(shape)) {
    if (!fits(rest[key])) return refuse(`a ${kind} fault needs ${key}: ${meanings[key]}`);
  }
  return { fault: said as unknown as DeviceFault };
}

const refuse = (why: string): { refused: string } => ({ refused: why });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isName(value: unknown): value is string {
  return typeof value === "string" && isId(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
