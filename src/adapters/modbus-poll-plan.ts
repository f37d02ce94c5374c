import type { Millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { modbusSaid, registerOf } from "#src/contract/places.ts";
import { isBit, type Register, type RegisterKind, widthOf } from "#src/contract/registers.ts";

/**
 * Which requests read all signals of one device.
 *
 * PP1  Every input, and every output's read-back, is in exactly one request of its kind and period.
 * PP2  A request asks for at most 100 registers or 1,000 bits, and bridges at most 8 addresses that
 *      nobody wants.
 * PP3  A value of 32 bits is never split.
 */
export interface ReadRequest {
  readonly kind: RegisterKind;
  readonly address: number;
  /** Addresses it covers. */
  readonly length: number;
  readonly period: Millis;
  /** By address, lowest first. */
  readonly signals: readonly Signal[];
}

export interface Signal {
  readonly list: "inputs" | "outputs";
  /** In the order of the configuration. */
  readonly index: number;
  readonly name: string;
  readonly register: Register;
  readonly period: Millis;
}

/** The protocol allows 125 and 2,000; small controllers often take less. */
const mostRegisters = 100;
const mostBits = 1_000;
const widestGap = 8;

export function pollPlan(config: NodeConfig, device: string): readonly ReadRequest[] {
  const groups = Map.groupBy(
    signalsOf(config, device),
    ({ register, period }) => `${register.kind} ${period}`,
  );
  return [...groups.values()].flatMap((group) => gather(group, widestGap));
}

/**
 * The same signals in smaller requests, for a device that refused this one: without gaps, and where
 * there were none, one by one. A single signal cannot be split.
 */
export function splitRequest(request: ReadRequest): readonly ReadRequest[] {
  const tight = gather(request.signals, 0);
  return tight.length > 1 ? tight : request.signals.map((signal) => requestOf([signal]));
}

/** The signal's own words out of what a request brought. */
export function wordsOf(
  request: ReadRequest,
  signal: Signal,
  words: readonly number[],
): readonly number[] {
  const from = signal.register.address - request.address;
  return words.slice(from, from + widthOf(signal.register));
}

export function signalsOf(config: NodeConfig, device: string): readonly Signal[] {
  const usual = modbusSaid(config.devices[device]).poll;
  const inputs = Object.entries(config.inputs).flatMap(([name, input], index): Signal[] => {
    if (input.device !== device) return [];
    const period = input.poll ?? usual;
    return [{ list: "inputs", index, name, register: registerOf(input), period }];
  });
  const outputs = Object.entries(config.outputs).flatMap(([name, output], index): Signal[] => {
    if (output.device !== device) return [];
    return [{ list: "outputs", index, name, register: registerOf(output), period: usual }];
  });
  return [...inputs, ...outputs];
}

const endOf = ({ register }: Signal): number => register.address + widthOf(register);

/** Takes signals of one kind and period together while they are near enough (PP2, PP3). */
function gather(signals: readonly Signal[], gap: number): ReadRequest[] {
  const sorted = signals.toSorted((one, other) => one.register.address - other.register.address);
  const requests: Signal[][] = [];
  let from = 0;
  let end = 0;
  for (const signal of sorted) {
    const { address, kind } = signal.register;
    const last = requests.at(-1);
    const most = isBit(kind) ? mostBits : mostRegisters;
    if (last !== undefined && address - end <= gap && endOf(signal) - from <= most) {
      last.push(signal);
      end = Math.max(end, endOf(signal));
    } else {
      requests.push([signal]);
      from = address;
      end = endOf(signal);
    }
  }
  return requests.map(requestOf);
}

function requestOf(signals: readonly Signal[]): ReadRequest {
  const [first] = signals as readonly [Signal];
  const { kind, address } = first.register;
  const end = Math.max(...signals.map(endOf));
  return { kind, address, length: end - address, period: first.period, signals };
}
