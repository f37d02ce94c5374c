import { invariant } from "#src/base/assert.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { registerOf } from "#src/contract/places.ts";
import {
  decode,
  encode,
  type Register,
  type RegisterKind,
  widthOf,
} from "#src/contract/registers.ts";
import { unitFactor } from "./check-simulation.ts";
import { command, type DeviceState, fed, isActuatorStuck } from "./device.ts";
import { type AnyPlant, plants } from "./plant.ts";

/**
 * The registers of one simulated device: which of its words show what, and what a write does.
 *
 * RM1  A request that touches one address the device does not have, or writes one that is only
 *      read, is refused as a whole and changes nothing.
 * RM2  An output reads back what was last written to it, or 0 once the watchdog took over; with a
 *      stuck actuator it reads back where the actuator really is.
 * RM3  A value of two words that is written by one request takes effect as a whole.
 */
export interface RegisterMap {
  readonly plant: AnyPlant;
  /** By kind and address. */
  readonly slots: ReadonlyMap<string, Slot>;
}

interface Slot {
  readonly point: Point;
  /** Which of the point's words this is. */
  readonly word: number;
}

interface Point {
  readonly name: string;
  readonly register: Register;
  /** The sensor or actuator of the plant; undefined for an output that only keeps its words. */
  readonly signal: string | undefined;
  /** Units of the site in one of the plant. */
  readonly factor: number;
  readonly writable: boolean;
}

/** Words as they were written, by output. */
export type Written = ReadonlyMap<string, readonly number[]>;

export interface DeviceMemory {
  readonly state: DeviceState;
  readonly written: Written;
}

/** The map of one device whose simulation `checkSimulation` has passed. */
export function registerMap(config: NodeConfig, device: string): RegisterMap {
  const simulated = config.simulation?.[device];
  invariant(simulated !== undefined, "only a device with a plant is simulated");
  const plant = plants[simulated.plant];
  const slots = new Map<string, Slot>();
  // Outputs first: an input on an output's register shows what the output holds.
  for (const [list, writable] of [
    [config.outputs, true],
    [config.inputs, false],
  ] as const) {
    for (const [name, said] of Object.entries(list)) {
      if (said.device !== device) continue;
      const signal = simulated.signals[name];
      const unit = (plant.sensors[signal ?? ""] ?? plant.actuators[signal ?? ""])?.unit;
      const factor = unitFactor(unit, said.unit) ?? 1;
      place(slots, { name, register: registerOf(said), signal, factor, writable });
    }
  }
  return { plant, slots };
}

function place(slots: Map<string, Slot>, point: Point): void {
  const { kind, address } = point.register;
  for (let word = 0; word < widthOf(point.register); word += 1) {
    const key = at(kind, address + word);
    if (!slots.has(key)) slots.set(key, { point, word });
  }
}

/** The word at an address; a bit is 0 or 1; undefined when the device has none there (RM1). */
export function readWord(
  map: RegisterMap,
  { state, written }: DeviceMemory,
  kind: RegisterKind,
  address: number,
): number | undefined {
  const slot = map.slots.get(at(kind, address));
  if (slot === undefined) return undefined;
  return wordsOf(slot.point, state, written)[slot.word];
}

function wordsOf(point: Point, state: DeviceState, written: Written): readonly number[] {
  const { name, register, signal, factor, writable } = point;
  if (writable && (signal === undefined || !isActuatorStuck(state, signal)))
    return written.get(name) ?? encode(register, 0);
  const value = state.shown[signal ?? ""] ?? state.positions[signal ?? ""] ?? 0;
  return encode(register, value * factor);
}

/** What the device is after a write, or undefined when it refuses it (RM1, RM3). */
export function writeWords(
  map: RegisterMap,
  memory: DeviceMemory,
  kind: "coil" | "holding",
  address: number,
  words: readonly number[],
): DeviceMemory | undefined {
  const written = new Map(memory.written);
  const touched = new Set<Point>();
  for (const [index, word] of words.entries()) {
    const slot = map.slots.get(at(kind, address + index));
    if (slot === undefined || !slot.point.writable) return undefined;
    const { point } = slot;
    const all = [...(written.get(point.name) ?? encode(point.register, 0))];
    all[slot.word] = word;
    written.set(point.name, all);
    touched.add(point);
  }
  let state = fed(memory.state);
  for (const { name, register, signal, factor } of touched) {
    if (signal === undefined) continue;
    const value = decode(register, written.get(name) ?? []) / factor;
    state = command(map.plant, state, signal, value);
  }
  return { state, written };
}

const at = (kind: RegisterKind, address: number): string => `${kind} ${address}`;
