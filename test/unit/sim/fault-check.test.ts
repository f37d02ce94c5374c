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

describe("FC1 a fault that lacks something is told what", () => {
  const device = { node: 0, device: "plc" };
  test.each<[FaultKind, object, string]>([
    ["cut", { way: "both" }, "needs node, an index from 0 on"],
    ["cut", { node: 0, way: "sideways" }, "needs way, one of both, up, down"],
    ["region-crash", { node: 0 }, "needs region, an index"],
    ["node-power", { node: 0, transaction: -1, side: "before" }, "needs transaction"],
    ["drift", { node: 0, ppm: "fast" }, "needs ppm, a number"],
    ["sensor", { node: 0 }, "needs device, a name"],
    ["sensor", device, "needs fault, an object"],
    ["sensor", { ...device, fault: { kind: "dropout" } }, "one of stuck, offset, drift, noise"],
    ["sensor", { ...device, fault: { kind: "stuck" } }, "has a fault that needs a signal"],
    ["dropout", { ...device, fault: { kind: "slow" } }, "has a fault that needs millis, a number"],
    ["ghost", {}, "befalls no node or region"],
  ])("%s %j", (kind, said, why) => {
    expect(faultMisfit(kind, { ...said })).toContain(why);
  });
});
