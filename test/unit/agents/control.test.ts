import { expect, test } from "vitest";
import { explain } from "#agents/node/explain.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { blankMemory, type ControlMemory } from "#src/core/control-io.ts";
import { Bench, good, plan } from "./site.ts";

const compressor = 0;
const valve = 1;
const lamp = 2;

const grant = (value: number, loop = "cooling") => ({
  id: "g1",
  loop,
  value,
  for: millis(60_000),
  owner: "ops",
  reason: "delivery",
});

test("cools a warm room once the compressor has rested, and rests inside the band", () => {
  const bench = new Bench();
  bench.seconds(170, 10);
  expect(bench.written[compressor]).toBe(0);
  bench.seconds(20, 10);
  expect(bench.written[compressor]).toBe(1);
  bench.seconds(70, 4.2);
  expect(bench.written[compressor]).toBe(1);
  bench.seconds(1, 3.4);
  expect(bench.written[compressor]).toBe(0);
});

test("RT1: a stopped compressor does not start before minOff, however warm it is", () => {
  const bench = new Bench();
  bench.seconds(300, 10);
  bench.seconds(1, 2);
  expect(bench.written[compressor]).toBe(0);
  bench.seconds(179, 20);
  expect(bench.written[compressor]).toBe(0);
  bench.seconds(1, 20);
  expect(bench.written[compressor]).toBe(1);
});

test("C3: a sensor that falls silent stops the compressor at once, minOn or not", () => {
  const bench = new Bench();
  bench.seconds(182, 10);
  expect(bench.written[compressor]).toBe(1);
  bench.seconds(6, undefined);
  expect(bench.written[compressor]).toBe(0);
});

test("C3: a value outside the sensor's range is not controlled on", () => {
  const bench = new Bench();
  bench.seconds(300, 10, 1);
  bench.seconds(1, 90, 1);
  expect(bench.written[compressor]).toBe(0);
  expect(bench.written[valve]).not.toBe(0.1);
});

test("C4: an output without a loop is held at its safe value", () => {
  const bench = new Bench();
  bench.seconds(1, 4);
  expect(bench.written[lamp]).toBe(1);
});

test("C1: whatever the level sensor says, the valve stays within its bounds", () => {
  const bench = new Bench();
  for (const level of [0, 4, 0, 4]) bench.seconds(500, 4, level);
  const orders = bench.effects.filter(
    (effect) => effect.kind === "actuate" && effect.output === valve,
  );
  expect(orders.length).toBeGreaterThan(100);
  expect(
    orders.every((order) => order.kind === "actuate" && order.value >= 0 && order.value <= 1),
  ).toBe(true);
});

test("an unchanged output is written again every refresh, not every cycle", () => {
  const bench = new Bench();
  bench.seconds(10, 4);
  bench.effects.length = 0;
  bench.seconds(10, 4);
  const orders = bench.effects.filter(
    (effect) => effect.kind === "actuate" && effect.output === compressor,
  );
  expect(orders).toHaveLength(5);
});

test("a compressor that the device stopped by itself rests from then on", () => {
  const bench = new Bench();
  bench.seconds(200, 10);
  expect(bench.written[compressor]).toBe(1);
  bench.written[compressor] = 0;
  bench.seconds(170, 10);
  expect(bench.written[compressor]).toBe(0);
  bench.seconds(15, 10);
  expect(bench.written[compressor]).toBe(1);
});

test("MM4: a node that never heard a region is local and stays so", () => {
  const bench = new Bench();
  bench.seconds(7_300, 4);
  expect(bench.state.mode.mode).toBe("local");
});

test("MM1: a lapsed lease makes it autonomous, a spent budget safe, with the safe setpoint", () => {
  const bench = new Bench();
  bench.lease();
  expect(bench.state.mode.mode).toBe("connected");
  bench.seconds(11, 4);
  expect(bench.state.mode.mode).toBe("autonomous");
  expect(bench.state.mode.reason).toContain("lapsed");
  bench.seconds(3_600, 4);
  expect(bench.state.mode.mode).toBe("safe");
  expect(bench.state.loops[0]?.chosen.value).toBe(6);
});

test("MM2: the time alone goes on over a restart", () => {
  const bench = new Bench({ ...blankMemory, epoch: 3, isolatedFor: millis(3_500_000) });
  expect(bench.state.mode.mode).toBe("autonomous");
  // A minute of it may have passed unwritten.
  bench.seconds(39, 4);
  expect(bench.state.mode.mode).toBe("autonomous");
  bench.seconds(1, 4);
  expect(bench.state.mode.mode).toBe("safe");
});

test("MM2: a node that starts anew before it can write down its time alone spends its budget all the same", () => {
  let memory: ControlMemory = { ...blankMemory, epoch: 3 };
  let mode = "";
  for (let run = 0; run < 60; run += 1) {
    const bench = new Bench(memory);
    bench.seconds(1, 4);
    mode = bench.state.mode.mode;
    for (const effect of bench.effects) {
      if (effect.kind === "remember") memory = { ...memory, isolatedFor: effect.isolatedFor };
    }
  }
  expect(mode).toBe("safe");
});

test("MM2: a node without a region has no time alone to remember", () => {
  expect(new Bench().effects.map(({ kind }) => kind)).toEqual(["mode"]);
});

test("MM1: a node that was paused while its lease lapsed is alone since then", () => {
  const bench = new Bench();
  bench.lease();
  bench.now = instant(bench.now + 30_000);
  bench.seconds(1, 4);
  expect(bench.state.mode.mode).toBe("autonomous");
  expect(bench.now - bench.state.mode.aloneSince).toBeGreaterThan(19_000);
});

test("MM1: a node that was paused for longer than its budget is safe when it looks again", () => {
  const bench = new Bench();
  bench.lease();
  bench.now = instant(bench.now + plan.budget + 20_000);
  bench.seconds(1, 4);
  expect(bench.state.mode.mode).toBe("safe");
});

test("MM3: one lease after a silence is not enough, two in a row are", () => {
  const bench = new Bench();
  bench.lease();
  bench.seconds(11, 4);
  bench.lease(1);
  expect(bench.state.mode.mode).toBe("autonomous");
  bench.seconds(3, 4);
  bench.lease(1);
  expect(bench.state.mode.mode).toBe("connected");
});

test("the time alone is written down every minute, and on every change of mode", () => {
  const bench = new Bench({ ...blankMemory, epoch: 3 });
  bench.seconds(125, 4);
  const kept = bench.effects.filter((effect) => effect.kind === "remember");
  expect(kept.map((effect) => effect.kind === "remember" && effect.isolatedFor)).toEqual([
    60_000, 120_000, 180_000,
  ]);
});

test("SP1: a granted setpoint is in force until its end", () => {
  const bench = new Bench();
  bench.lease();
  bench.give({ kind: "grant", grant: grant(3) });
  bench.seconds(5, 4);
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "grant", value: 3 });
  for (let i = 0; i < 60; i += 1) {
    bench.lease(1);
    bench.seconds(1, 4);
  }
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "default", value: 4 });
});

test("SP1: a granted setpoint goes with the lease, and does not come back with it", () => {
  const bench = new Bench();
  bench.lease();
  bench.give({ kind: "grant", grant: { ...grant(3), for: millis(600_000) } });
  bench.seconds(11, 4);
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "default", value: 4 });
  bench.lease();
  bench.seconds(1, 4);
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "default", value: 4 });
});

test("a person at the node overrides the region, also when cut off", () => {
  const bench = new Bench();
  bench.lease();
  bench.give({ kind: "grant", grant: grant(3) });
  bench.give({ kind: "override", grant: grant(5) });
  bench.seconds(1, 4);
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "override", value: 5 });
  bench.seconds(20, 4);
  expect(bench.state.mode.mode).toBe("autonomous");
  expect(bench.state.loops[0]?.chosen).toEqual({ authority: "override", value: 5 });
  bench.give({ kind: "release", id: "r1", loop: "cooling" });
  bench.seconds(1, 4);
  expect(bench.state.loops[0]?.chosen.authority).toBe("default");
});

test.each([
  ["above the loop's bounds", grant(8.1), "SETPOINT_BOUNDS"],
  ["below them", grant(1.9), "SETPOINT_BOUNDS"],
  ["that is no number", grant(Number.NaN), "SETPOINT_BOUNDS"],
  ["for a loop that is not there", grant(4, "heating"), "SETPOINT_UNKNOWN_LOOP"],
])("C2: refuses a setpoint %s", (_, asked, code) => {
  const bench = new Bench();
  bench.lease();
  const [answer] = bench.give({ kind: "grant", grant: asked });
  expect(answer).toMatchObject({ kind: "answer", id: "g1", refused: { code } });
  expect(bench.state.loops.every((loop) => loop.grant === undefined)).toBe(true);
});

test("C2: refuses the region's setpoint while there is no lease", () => {
  const bench = new Bench();
  const [answer] = bench.give({ kind: "grant", grant: grant(3) });
  expect(answer).toMatchObject({ refused: { code: "SETPOINT_NO_LEASE" } });
});

test("a loop turns to its sensor's quality in its reason, and why shows it", () => {
  const bench = new Bench();
  bench.seconds(200, 10);
  bench.seconds(10, undefined);
  const said = explain(plan, bench.state, "compressor", bench.now, (at) => at);
  expect(said).toMatchObject({
    value: 0,
    because: "air is stale",
    winner: { authority: "safe-state" },
    inputs: [{ input: "air", quality: "stale" }],
  });
  expect(said?.losers).toEqual([
    { authority: "default", value: 4, unit: "degC", what: "loop cooling: its own setpoint" },
  ]);
});

test("why knows who set a setpoint and what it won over", () => {
  const bench = new Bench();
  bench.lease();
  bench.give({ kind: "grant", grant: grant(3) });
  bench.give({ kind: "override", grant: grant(5) });
  bench.seconds(1, 10);
  const said = explain(plan, bench.state, "compressor", bench.now, (at) => at);
  expect(said?.winner).toEqual({
    authority: "override",
    value: 0,
    unit: null,
    what: "loop cooling at setpoint 5 degC, set by ops: delivery",
  });
  expect(said?.losers.map((loser) => loser.authority)).toEqual(["grant", "default"]);
  expect(said?.because).toContain("rests");
});

test("why knows no output that is not there", () => {
  expect(explain(plan, new Bench().state, "pump", instant(0), (at) => at)).toBeUndefined();
});

test("records inputs, outputs, setpoints, lateness and mode once a second", () => {
  const bench = new Bench();
  bench.seconds(10, 4);
  const records = bench.effects.filter((effect) => effect.kind === "record");
  expect(records).toHaveLength(10);
  expect(
    records.every((one) => one.kind === "record" && one.row.values.length === plan.series.length),
  ).toBe(true);
});

test("a record says of each value how good it is, unless all are good", () => {
  const bench = new Bench();
  const rowOf = () => bench.effects.findLast((effect) => effect.kind === "record")?.row;
  bench.seconds(10, 4);
  expect(rowOf()?.qualities).toBeUndefined();
  bench.seconds(1, Number.NaN);
  const bad = rowOf();
  expect(bad?.qualities).toHaveLength(plan.series.length);
  expect(bad?.qualities?.filter((quality) => quality !== "good")).toEqual(["bad"]);
  expect(bad?.qualities?.indexOf("bad")).toBe(bad?.values.findIndex(Number.isNaN));
});

test("law 9: the same inputs give the same orders, bit for bit", () => {
  const story = () => {
    const bench = new Bench();
    for (const air of [4, 10, 3, 8.123456]) bench.seconds(100, air, air / 3);
    return JSON.stringify(bench.effects);
  };
  expect(story()).toBe(story());
});

test("an image that lacks a signal is not good enough to control on", () => {
  const bench = new Bench();
  for (let second = 0; second <= limits.firstValues; second += 1_000) {
    bench.now = instant(bench.now + 1_000);
    bench.give({
      kind: "cycle",
      wall: wallTime(1_790_000_000_000),
      due: [0, 1],
      lateness: [millis(0), millis(0)],
      image: { inputs: [], outputs: [] },
    });
  }
  expect(bench.written[compressor]).toBe(0);
  expect(bench.state.loops[0]?.request?.value).toBeUndefined();
  bench.air = good(4, bench.now);
});
