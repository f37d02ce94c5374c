import { expect, test } from "vitest";
import { explain } from "#agents/node/explain.ts";
import { coil, input, planOf, SiteBench, valve } from "./site-bench.ts";

const site = planOf({
  inputs: { air: input(0), wanted: input(1) },
  signals: { warm: { kind: "rule", expression: "air > 8" } },
  outputs: {
    lamp: coil(0, { follow: "warm", minOn: "10s", onSensorBad: "value 1" }),
    damper: valve(0, { follow: "wanted" }),
  },
  loops: {},
  interlocks: { cold: { trip: "air < 0", force: { damper: 0.2 }, reset: "after 1s" } },
});

test("an output without a loop follows a rule, and says so", () => {
  const bench = new SiteBench(site);
  bench.pass([7, 0.5]);
  expect([bench.of("lamp"), bench.of("damper")]).toEqual([0, 0.5]);
  bench.pass([9, 0.25]);
  expect([bench.of("lamp"), bench.of("damper")]).toEqual([1, 0.25]);
  const told = explain(site, bench.state, "lamp", bench.now, Number);
  expect(told?.because).toBe("follows warm");
  expect(told?.inputs.map((one) => one.input)).toEqual(["warm"]);
});

test("what it follows is kept within its bounds, and stands below interlocks and run times", () => {
  const bench = new SiteBench(site);
  bench.pass([9, 7]);
  expect(bench.of("damper")).toBe(1);
  bench.pass([-1, 0.7]);
  expect(bench.of("damper")).toBe(0.2);
  expect(bench.of("lamp")).toBe(1);
  expect(bench.why("lamp")).toBe("follows warm; runs 9 s more (minOn)");
});

test("a switch is on or off, whatever value it follows: what lies between would start a machine unseen", () => {
  const bench = new SiteBench(
    planOf({
      inputs: { share: input(0) },
      outputs: { pump: coil(0, { follow: "share", minOff: "60s" }) },
      loops: {},
    }),
  );
  const written = [0.2, 0.5, 0.51, 0.5, 1e-9].map((share) => {
    bench.seconds(61, [share]);
    return bench.of("pump");
  });
  expect(written).toEqual([0, 0, 1, 0, 0]);
});

test("while the value is not good it is in its safe state", () => {
  const bench = new SiteBench(site);
  bench.pass([7, 0.5]);
  bench.pass([7, Number.NaN]);
  expect([bench.of("lamp"), bench.of("damper")]).toEqual([0, 0]);
  expect(bench.why("damper")).toBe("wanted is bad");
  bench.pass([Number.NaN, 0.5]);
  expect(bench.of("lamp")).toBe(1);
});
