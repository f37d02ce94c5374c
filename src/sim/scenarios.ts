import type { DeviceFault } from "#firmware-sim/device-fault.ts";
import { hours, type Millis, millis, minutes, seconds } from "#src/base/units.ts";
import type { PlannedFault } from "./fault-plan.ts";
import { later, moment } from "./moment.ts";

/**
 * Stories that people ask about, as fault plans by hand. Nodes take the ready-made sites in turn, cold
 * room, tank and two-zone ventilation first.
 *
 * SY1  Every story is over three minutes before its run ends, so that all can be well again.
 */
export interface Scenario {
  readonly name: string;
  /** One sentence: what befalls whom, and what is to be seen. */
  readonly about: string;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  readonly faults: readonly PlannedFault[];
}

const start = moment(0);
const span = (from: Millis, length: Millis) => ({
  at: later(start, from),
  until: later(start, millis(from + length)),
});

/** As many as said, `apart` from each other. */
const again = <T>(count: number, from: Millis, apart: Millis, of: (at: Millis, nth: number) => T) =>
  Array.from({ length: count }, (_, nth) => of(millis(from + nth * apart), nth));

const sensor = (from: Millis, length: Millis, fault: DeviceFault): PlannedFault => ({
  ...span(from, length),
  kind: "sensor",
  node: 0,
  device: "plc",
  fault,
});

export const scenarios: readonly Scenario[] = [
  {
    name: "region-lost-for-a-day",
    about:
      "The region's machine is dark for a day: its nodes go on alone, fall back to their safe setpoints when their budget of 12 h is spent, and deliver the whole day afterwards.",
    nodes: 3,
    regions: 1,
    hours: 24.5,
    faults: [{ ...span(minutes(10), hours(24)), kind: "region-crash", region: 0, how: "power" }],
  },
  {
    name: "flapping-link",
    about:
      "The link of one node comes and goes forty times, now both ways, now only one: it obeys again after two leases in a row only, and nothing is lost or counted twice.",
    nodes: 3,
    regions: 1,
    hours: 0.5,
    faults: again(40, minutes(2), seconds(30), (at, nth) => ({
      ...span(at, seconds(2 + ((nth * 5) % 23))),
      kind: "cut" as const,
      node: 0,
      way: (["both", "up", "down"] as const)[nth % 3] ?? "both",
    })),
  },
  {
    name: "reconnect-storm",
    about:
      "The broker of fifty nodes dies three times: all of them come back, spread over time, and the region takes what they kept.",
    nodes: 50,
    regions: 1,
    hours: 0.4,
    faults: again(3, minutes(3), minutes(5), (at) => ({
      ...span(at, minutes(2)),
      kind: "broker-crash" as const,
      region: 0,
      how: "killed" as const,
    })),
  },
  {
    name: "power-loss-in-a-loop",
    about:
      "One node loses power twenty times in the midst of writing, before and after the commit: what it numbered is there or accounted for, and its machines keep their rests.",
    nodes: 3,
    regions: 1,
    hours: 0.75,
    faults: again(20, minutes(2), minutes(2), (at, nth) => ({
      ...span(at, seconds(20 + nth)),
      kind: "node-power" as const,
      node: 0,
      transaction: nth % 4,
      side: nth % 2 === 0 ? ("before" as const) : ("after" as const),
    })),
  },
  {
    name: "wrong-clocks",
    about:
      "Wall clocks jump by years and back and run fast and slow: leases and loops go by their own clocks and do not notice.",
    nodes: 3,
    regions: 1,
    hours: 0.6,
    faults: [
      { ...span(minutes(1), minutes(30)), kind: "drift", node: 0, ppm: 400 },
      { ...span(minutes(1), minutes(30)), kind: "drift", node: 1, ppm: -400 },
      { ...span(minutes(3), minutes(10)), kind: "wall-step", node: 0, by: hours(24 * 365 * 3) },
      { ...span(minutes(5), minutes(10)), kind: "wall-step", node: 1, by: hours(-24 * 365 * 3) },
      { ...span(minutes(7), minutes(10)), kind: "wall-step", node: 2, by: hours(-2) },
      { ...span(minutes(20), minutes(5)), kind: "wall-step", node: 2, by: hours(2) },
    ],
  },
  {
    name: "split-brain",
    about:
      "A controller of the past speaks up beside the region's own, and a second machine comes up from a copy of a node's disk, under the same name: no older epoch is obeyed, and no number counts twice.",
    nodes: 3,
    regions: 1,
    hours: 0.5,
    faults: [
      { ...span(minutes(2), minutes(6)), kind: "ghost", region: 0 },
      { ...span(minutes(3), minutes(5)), kind: "clone", node: 0 },
      { ...span(minutes(5), seconds(30)), kind: "region-crash", region: 0, how: "killed" },
      { ...span(minutes(12), minutes(3)), kind: "clone", node: 1 },
      { ...span(minutes(13), seconds(30)), kind: "cut", node: 1, way: "both" },
      { ...span(minutes(16), minutes(8)), kind: "ghost", region: 0 },
      { ...span(minutes(18), seconds(40)), kind: "region-crash", region: 0, how: "power" },
    ],
  },
  {
    name: "poisoned-retained-messages",
    about:
      "The broker comes back with a lease of far too high an epoch, setpoints and bytes that nobody can read, all retained: who subscribes refuses them and goes on with its region.",
    nodes: 3,
    regions: 1,
    hours: 0.4,
    faults: [
      { ...span(minutes(3), minutes(7)), kind: "poison", region: 0 },
      { ...span(minutes(4), seconds(1)), kind: "node-crash", node: 0 },
      { ...span(minutes(5), seconds(30)), kind: "region-crash", region: 0, how: "killed" },
      { ...span(minutes(12), minutes(5)), kind: "poison", region: 0 },
      { ...span(minutes(13), seconds(40)), kind: "cut", node: 1, way: "both" },
    ],
  },
  {
    name: "sensor-stuck-at-night",
    about:
      "The sensor that a cold room is held by sticks for a night and drifts in the morning: outputs stay within bounds and machines keep their rests, whatever it says.",
    nodes: 3,
    regions: 1,
    hours: 17,
    faults: [
      sensor(hours(8), hours(7), { kind: "stuck", signal: "room-air" }),
      sensor(hours(15), hours(1), { kind: "drift", signal: "room-air", perHour: 30 }),
    ],
  },
];
