import type { DeviceFault } from "#firmware-sim/device-fault.ts";
import { invariant, unreachable } from "#src/base/assert.ts";
import type { Rng } from "#src/base/rng.ts";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import { tailOf } from "./delay.ts";
import { later, type Moment } from "./moment.ts";
import type { Way } from "./sim-network.ts";

/**
 * What is to go wrong in one run, drawn from a seed.
 *
 * FP1  Swarm: about half of the kinds are off altogether and each of the others has a rate of its own,
 *      so that rare meetings of few kinds happen too. A long run draws anew for each part of it.
 * FP2  From `calm` on nothing is wrong any more: what lasts is over by then.
 * FP3  A plan is plain data and bounded; any part of it is a plan too, and fit to be shrunk.
 */
export const faultKinds = [
  "cut",
  "broker-crash",
  "region-crash",
  "node-crash",
  "node-power",
  "node-pause",
  "disk",
  "wall-step",
  "drift",
  "dropout",
  "sensor",
  "actuator",
  "clone",
  "ghost",
  "region-disk",
  "region-cut",
  "slow-network",
  "suspend",
  "bit-rot",
  "torn-write",
  "poison",
  "narrow-network",
  "broker-repeat",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Nodes and regions go by their index in the shape. `until` is when it is over, or mended. */
export type PlannedFault = { readonly at: Moment; readonly until: Moment } & (
  | { readonly kind: "cut"; readonly node: number; readonly way: Way }
  | { readonly kind: "broker-crash"; readonly region: number; readonly how: "killed" | "power" }
  | { readonly kind: "region-crash"; readonly region: number; readonly how: "killed" | "power" }
  | { readonly kind: "node-crash"; readonly node: number }
  | {
      readonly kind: "node-power";
      readonly node: number;
      /** In the midst of which transaction from `at` on, before or after its commit; 0: at once. */
      readonly transaction: number;
      readonly side: "before" | "after";
    }
  | { readonly kind: "node-pause"; readonly node: number }
  | { readonly kind: "disk"; readonly node: number; readonly state: "full" | "read-only" }
  | { readonly kind: "wall-step"; readonly node: number; readonly by: Millis }
  | { readonly kind: "drift"; readonly node: number; readonly ppm: number }
  | {
      readonly kind: "dropout" | "sensor" | "actuator";
      readonly node: number;
      readonly device: string;
      readonly fault: DeviceFault;
    }
  /** A second machine from a copy of the disk, under the same name. */
  | { readonly kind: "clone"; readonly node: number }
  | { readonly kind: "region-disk"; readonly region: number; readonly state: "full" | "read-only" }
  /** A controller of the past, that speaks up again. */
  | { readonly kind: "ghost"; readonly region: number }
  /** The broker comes back with commands that it retained. */
  | { readonly kind: "poison"; readonly region: number }
  /** All its nodes at once. */
  | { readonly kind: "region-cut"; readonly region: number; readonly way: Way }
  /** Milliseconds on top in the mean, and of 1,024 messages so many that lose a segment. */
  | {
      readonly kind: "slow-network";
      readonly node: number;
      readonly tail: Millis;
      readonly loss: number;
    }
  /** Bytes a millisecond, for all that goes one way. */
  | { readonly kind: "narrow-network"; readonly node: number; readonly bandwidth: number }
  /** Of 1,024 messages of QoS 1 so many come twice, and to as many who come back their last ones again. */
  | { readonly kind: "broker-repeat"; readonly region: number; readonly share: number }
  /** The machine sleeps; its clocks go on. */
  | { readonly kind: "suspend"; readonly node: number }
  /** A bit flips in a stored point: this share of those there are, in 1,024ths, from the oldest. */
  | { readonly kind: "bit-rot"; readonly node: number; readonly place: number }
  /** Power goes, and so many of the last points are not on the disk that said so. */
  | { readonly kind: "torn-write"; readonly node: number; readonly points: number }
);

export interface FaultPlan {
  /** Kinds that are on, with how many of each were drawn. */
  readonly drawn: Readonly<Partial<Record<FaultKind, number>>>;
  /** By time. */
  readonly faults: readonly PlannedFault[];
  readonly calm: Moment;
}

/** What there is to break. */
export interface FaultShape {
  readonly regions: number;
  readonly nodes: readonly NodeShape[];
  /** Faults begin no earlier; the fleet stands by then. */
  readonly from: Moment;
  readonly calm: Moment;
}

export interface NodeShape {
  readonly devices: readonly {
    readonly device: string;
    /** Names of the plant's. */
    readonly sensors: readonly string[];
    readonly actuators: readonly string[];
  }[];
}

/** Of each kind: another kind must not make less of those that were there before it. */
const mostOfKind = 380;
export const mostFaults = mostOfKind * faultKinds.length;

/** What a run longer than this is cut into. */
const longestPart = hours(30 * 24);

/** Means of how many an hour each target meets, and of how long one lasts. */
const usual: Readonly<Record<FaultKind, { readonly perHour: number; readonly length: Millis }>> = {
  cut: { perHour: 2, length: minutes(2) },
  "broker-crash": { perHour: 1, length: seconds(20) },
  "region-crash": { perHour: 1, length: seconds(30) },
  "node-crash": { perHour: 1, length: seconds(2) },
  "node-power": { perHour: 0.5, length: seconds(40) },
  "node-pause": { perHour: 1, length: seconds(15) },
  disk: { perHour: 0.5, length: minutes(5) },
  "wall-step": { perHour: 1, length: minutes(10) },
  drift: { perHour: 0.5, length: minutes(30) },
  dropout: { perHour: 1, length: minutes(1) },
  sensor: { perHour: 1, length: minutes(5) },
  actuator: { perHour: 0.5, length: minutes(5) },
  clone: { perHour: 0.05, length: minutes(3) },
  "region-disk": { perHour: 0.5, length: minutes(1) },
  ghost: { perHour: 1, length: minutes(1) },
  poison: { perHour: 0.5, length: minutes(3) },
  "region-cut": { perHour: 0.5, length: minutes(2) },
  "slow-network": { perHour: 0.5, length: minutes(5) },
  suspend: { perHour: 0.25, length: minutes(1) },
  "bit-rot": { perHour: 1, length: millis(1) },
  "torn-write": { perHour: 0.25, length: seconds(30) },
  "narrow-network": { perHour: 0.25, length: minutes(3) },
  "broker-repeat": { perHour: 0.5, length: minutes(5) },
};

/** A disk that nobody looks after. */
const unattended = hours(2);

export function drawFaultPlan(
  rng: Rng,
  shape: FaultShape,
  allowed: readonly FaultKind[] = faultKinds,
): FaultPlan {
  invariant(shape.from < shape.calm, "there is time for faults before the calm");
  const faults: PlannedFault[] = [];
  const drawn: Partial<Record<FaultKind, number>> = {};
  const parts = Math.ceil((shape.calm - shape.from) / longestPart);
  const length = (shape.calm - shape.from) / parts;
  const most = Math.floor(mostOfKind / parts);
  for (let part = 0; part < parts; part += 1) {
    const from = later(shape.from, millis(Math.round(part * length)));
    const calm = later(shape.from, millis(Math.round((part + 1) * length)));
    const draw = parts === 1 ? rng : rng.fork(`part ${part}`);
    for (const kind of chosen(draw, allowed)) {
      const of = drawKind(draw.fork(kind), kind, { ...shape, from, calm }, most);
      drawn[kind] = (drawn[kind] ?? 0) + of.length;
      faults.push(...of);
    }
  }
  faults.sort((one, other) => one.at - other.at);
  return { drawn, faults, calm: shape.calm };
}

function drawKind(rng: Rng, kind: FaultKind, shape: FaultShape, most: number): PlannedFault[] {
  const count = Math.min(countOf(rng, kind, shape), most);
  return Array.from({ length: count }, () => drawFault(rng, kind, shape));
}

/** At least one kind, else there is nothing to see. */
function chosen(rng: Rng, allowed: readonly FaultKind[]): readonly FaultKind[] {
  const draw = rng.fork("kinds");
  const on = allowed.filter(() => draw.chance(1, 2));
  return on.length > 0 || allowed.length === 0 ? on : [pick(draw, allowed)];
}

/** The kind's rate is between a quarter and four times the usual one. */
function countOf(rng: Rng, kind: FaultKind, shape: FaultShape): number {
  const targets =
    kind === "ghost" || kind === "poison" || kind.startsWith("region") || kind.startsWith("broker")
      ? shape.regions
      : shape.nodes.length;
  const expected = (usual[kind].perHour * targets * (shape.calm - shape.from)) / hours(1);
  const scaled = expected * 2 ** (rng.below(5) - 2);
  const whole = Math.floor(scaled);
  return whole + (rng.below(1_024) < (scaled - whole) * 1_024 ? 1 : 0);
}

function drawFault(rng: Rng, kind: FaultKind, shape: FaultShape): PlannedFault {
  const at = later(shape.from, millis(rng.below(shape.calm - shape.from)));
  const length = millis(1 + tailOf(rng.below(2 ** 32), usual[kind].length));
  const span = { at, until: Math.min(shape.calm, later(at, length)) as Moment };
  const node = rng.below(shape.nodes.length);
  const region = rng.below(shape.regions);
  const how = rng.chance(1, 2) ? "killed" : "power";
  switch (kind) {
    case "cut":
      return { ...span, kind, node, way: pick(rng, ["both", "both", "up", "down"]) };
    case "region-cut":
      return { ...span, kind, region, way: pick(rng, ["both", "both", "up", "down"]) };
    case "slow-network":
      return { ...span, kind, node, tail: millis(1 + rng.below(2_000)), loss: rng.below(200) };
    case "narrow-network":
      return { ...span, kind, node, bandwidth: 1 + rng.below(20) };
    case "broker-repeat":
      return { ...span, kind, region, share: 1 + rng.below(1_024) };
    case "bit-rot":
      return { ...span, kind, node, place: rng.below(1_024) };
    case "torn-write":
      return { ...span, kind, node, points: 1 + rng.below(200) };
    case "broker-crash":
    case "region-crash":
      return { ...span, kind, region, how };
    case "ghost":
    case "poison":
      return { ...span, kind, region };
    case "node-power": {
      const side = rng.chance(1, 2) ? "before" : "after";
      return { ...span, kind, node, transaction: rng.below(4), side };
    }
    case "disk": {
      const state = rng.chance(2, 3) ? "full" : "read-only";
      // Nobody looks after some, until the memory of the node is full, too.
      const until = rng.chance(1, 8) ? later(at, unattended) : span.until;
      return { at, until: Math.min(shape.calm, until) as Moment, kind, node, state };
    }
    case "region-disk":
      return { ...span, kind, region, state: rng.chance(2, 3) ? "full" : "read-only" };
    case "wall-step":
      return { ...span, kind, node, by: drawStep(rng) };
    case "drift":
      return { ...span, kind, node, ppm: rng.below(801) - 400 };
    case "dropout":
    case "sensor":
    case "actuator":
      return { ...span, kind, node, ...drawDeviceFault(rng, kind, shape.nodes[node]) };
    case "node-crash":
    case "node-pause":
    case "suspend":
    case "clone":
      return { ...span, kind, node };
    default:
      return unreachable(kind, "kind of fault");
  }
}

/** Seconds, hours or years, forth or back. */
function drawStep(rng: Rng): Millis {
  const most = pick(rng, [minutes(1), hours(2), hours(24 * 400)]);
  return millis((1 + rng.below(most)) * (rng.chance(1, 2) ? 1 : -1));
}

function drawDeviceFault(
  rng: Rng,
  kind: "dropout" | "sensor" | "actuator",
  node: NodeShape | undefined,
): { readonly device: string; readonly fault: DeviceFault } {
  invariant(node !== undefined && node.devices.length > 0, "a node has devices to break");
  const { device, sensors, actuators } = pick(rng, node.devices);
  if (kind === "dropout") {
    const slow = { kind: "slow", millis: 50 + rng.below(2_000) } as const;
    return { device, fault: rng.chance(2, 3) ? { kind: "dropout" } : slow };
  }
  if (kind === "actuator") {
    return { device, fault: { kind: "stuck-actuator", signal: pick(rng, actuators) } };
  }
  const signal = pick(rng, sensors);
  const by = rng.below(41) - 20;
  return {
    device,
    fault: pick<DeviceFault>(rng, [
      { kind: "stuck", signal },
      { kind: "offset", signal, by },
      { kind: "drift", signal, perHour: by },
      { kind: "noise", signal, times: 2 + rng.below(50) },
    ]),
  };
}

function pick<T>(rng: Rng, from: readonly T[]): T {
  const one = from[rng.below(from.length)];
  invariant(one !== undefined, "there is something to choose from");
  return one;
}
