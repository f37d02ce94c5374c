import { expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { hours } from "#src/base/units.ts";
import { drawFaultPlan, type FaultShape, faultKinds, mostFaults } from "#src/sim/fault-plan.ts";
import { moment } from "#src/sim/moment.ts";

const shapeOf = (nodes: number, length: number): FaultShape => ({
  regions: 2,
  nodes: Array.from({ length: nodes }, () => ({
    devices: [{ device: "plc", sensors: ["air", "product"], actuators: ["compressor"] }],
  })),
  from: moment(60_000),
  calm: moment(60_000 + length),
});
const planOf = (seed: number, nodes = 20, length: number = hours(4)) =>
  drawFaultPlan(rngOf(seed), shapeOf(nodes, length));
const seeds = Array.from({ length: 200 }, (_, index) => index);

test("one seed draws one plan, another another", () => {
  expect(planOf(7)).toEqual(planOf(7));
  expect(planOf(7)).not.toEqual(planOf(8));
});

test("FP1: over many seeds every kind is on at times and off at times, and some kind always", () => {
  const plans = seeds.map((seed) => planOf(seed));
  for (const kind of faultKinds) {
    const on = plans.filter(({ drawn }) => kind in drawn).length;
    expect(on).toBeGreaterThan(60);
    expect(on).toBeLessThan(140);
    expect(plans.some(({ faults }) => faults.some((one) => one.kind === kind))).toBe(true);
  }
  expect(plans.every(({ drawn }) => Object.keys(drawn).length > 0)).toBe(true);
});

test("FP1: the rate of one kind differs from seed to seed", () => {
  const counts = new Set(seeds.map((seed) => planOf(seed).drawn.cut).filter((one) => one));
  expect(Math.max(...(counts as Set<number>))).toBeGreaterThan(
    8 * Math.min(...(counts as Set<number>)),
  );
});

test("FP2: nothing begins before the fleet stands or lasts into the calm", () => {
  for (const seed of seeds) {
    const { faults, calm } = planOf(seed);
    const astray = faults.filter(({ at, until }) => at < 60_000 || until < at || until > calm);
    expect(astray).toEqual([]);
  }
});

test("FP3: a plan is plain data, in order, and bounded however large the fleet", () => {
  const { faults } = planOf(3, 10_000, hours(48));
  expect(faults.length).toBeLessThanOrEqual(mostFaults);
  expect(faults.map(({ at }) => at)).toEqual(faults.map(({ at }) => at).sort((a, b) => a - b));
  expect(JSON.parse(JSON.stringify(faults))).toEqual(faults);
});

test("some disks stay broken until the memory of their node is full, too", () => {
  const lengths = seeds.flatMap((seed) =>
    drawFaultPlan(rngOf(seed), shapeOf(5, hours(48)), ["disk"]).faults.map(
      ({ at, until }) => until - at,
    ),
  );
  const long = lengths.filter((length) => length === hours(2)).length / lengths.length;
  expect(long).toBeGreaterThan(0.06);
  expect(long).toBeLessThan(0.2);
});

test("draws only what is allowed", () => {
  for (const seed of seeds) {
    const { faults } = drawFaultPlan(rngOf(seed), shapeOf(5, hours(9)), ["cut", "drift"]);
    expect(faults.every(({ kind }) => kind === "cut" || kind === "drift")).toBe(true);
  }
  expect(drawFaultPlan(rngOf(1), shapeOf(5, hours(1)), []).faults).toEqual([]);
});

test("FP1, FP2: a year has faults in each of its months, of kinds of their own, and is calm at its end", () => {
  const { faults, drawn, calm } = planOf(5, 1, hours(24 * 365));
  expect(faults.length).toBeLessThanOrEqual(mostFaults);
  expect(Object.keys(drawn).toSorted()).toEqual(faultKinds.toSorted());
  const months = Array.from({ length: 12 }, (_, month) => {
    const [begin, end] = [month, month + 1].map((count) => (count * calm) / 12);
    const within = faults.filter(({ at }) => at >= (begin ?? 0) && at < (end ?? 0));
    return new Set(within.map(({ kind }) => kind));
  });
  for (const kinds of months) expect(kinds.size).toBeGreaterThan(3);
  expect(new Set(months.map((kinds) => [...kinds].toSorted().join())).size).toBeGreaterThan(6);
  for (const { until } of faults) expect(until).toBeLessThanOrEqual(calm);
});
