import { describe, expect, test } from "vitest";
import { rngOf } from "#src/base/rng.ts";
import { hours, minutes } from "#src/base/units.ts";
import { faultMisfit } from "#src/sim/fault-check.ts";
import { drawFaultPlan, type FaultKind, faultKinds } from "#src/sim/fault-plan.ts";
import { moment } from "#src/sim/moment.ts";

const shape = {
  regions: 2,
  nodes: [{ devices: [{ device: "plc", sensors: ["air"], actuators: ["fan"] }] }],
  from: moment(minutes(1)),
  calm: moment(hours(400)),
};

test.each(faultKinds)(
  "FC1 a fault of kind %s as it is drawn fits, also when it was in a file",
  (kind) => {
    const { faults } = drawFaultPlan(rngOf(3), shape, [kind]);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(faultMisfit(kind, JSON.parse(JSON.stringify(fault)))).toBeUndefined();
    }
  },
);

const drawn = (kind: FaultKind): Record<string, unknown>[] =>
  JSON.parse(JSON.stringify(drawFaultPlan(rngOf(3), shape, [kind]).faults));

describe.each(faultKinds)("FC1 a fault of kind %s", (kind) => {
  test("with a field that its kind does not know is refused", () => {
    const [first = {}] = drawn(kind);
    const other = "region" in first ? "node" : "region";
    expect(faultMisfit(kind, { ...first, [other]: 0 })).toContain(`has ${other}`);
    expect(faultMisfit(kind, { ...first, mood: "bad" })).toContain("has mood");
  });

  test("that befalls a node in place of a region, or a region in place of a node, is refused", () => {
    const [first = {}] = drawn(kind);
    const own = "region" in first ? "region" : "node";
    const { [own]: target, ...rest } = first;
    const other = own === "node" ? "region" : "node";
    expect(faultMisfit(kind, { ...rest, [other]: target })).toContain(`needs ${own}, an index`);
  });

  test("with a figure that makes no sense is refused", () => {
    for (const one of drawn(kind)) {
      for (const [field, value] of Object.entries(one)) {
        if (typeof value !== "number" || field === "at" || field === "until") continue;
        for (const strange of [1e300, -1e300, Number.NaN, null, "1"]) {
          expect(faultMisfit(kind, { ...one, [field]: strange })).toContain(`needs ${field}`);
        }
      }
      const { fault } = one as { fault?: Record<string, unknown> };
      for (const [field, value] of Object.entries(fault ?? {})) {
        const broken = typeof value === "number" ? 1e300 : 5;
        const strange = { ...one, fault: { ...fault, [field]: broken } };
        expect(faultMisfit(kind, strange)).toContain("needs fault");
      }
    }
  });
});

describe("FC1 a fault that lacks something is told what", () => {
  const device = { node: 0, device: "plc" };
  test.each<[FaultKind, object, string]>([
    ["cut", { way: "both" }, "needs node, an index from 0 on"],
    ["cut", { node: 0, way: "sideways" }, "needs way, one of both, up, down"],
    ["region-crash", { node: 0 }, "needs region, an index"],
    ["node-power", { node: 0, transaction: -1, side: "before" }, "needs transaction"],
    ["drift", { node: 0, ppm: "fast" }, "needs ppm, a number within -400000 … 400000"],
    ["sensor", { node: 0 }, "needs device, a name"],
    ["sensor", device, "needs fault, an object"],
    ["sensor", { ...device, fault: { kind: "dropout" } }, "one of stuck, offset, drift, noise"],
    ["sensor", { ...device, fault: { kind: "stuck" } }, "and this needs signal, a name"],
    ["dropout", { ...device, fault: { kind: "slow" } }, "and this needs millis, a number"],
    ["ghost", { node: 0 }, "needs region, an index"],
    ["poison", { region: 0, node: 0 }, "has node, which its kind does not know"],
    [
      "slow-network",
      { node: 0, tail: 5, loss: 5_000 },
      "needs loss, a whole number within 0 … 512",
    ],
  ])("%s %j", (kind, said, why) => {
    expect(faultMisfit(kind, { ...said })).toContain(why);
  });
});
