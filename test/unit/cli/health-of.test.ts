import { expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { illsOf } from "#src/cli/health-of.ts";
import type { ControlStatus } from "#src/contract/query.ts";
import { cutOffNode, region } from "./reports.ts";

const control = cutOffNode.control as ControlStatus;

test("a node that is cut off is healthy: it does what it is for", () => {
  expect(illsOf(cutOffNode)).toEqual([]);
});

test("a node is ill when its control is silent, its loop is blind or its disk is full", () => {
  expect(illsOf({ ...cutOffNode, control: null })).toEqual(["the control thread gives no answer"]);
  const blind = control.inputs.map((input) => ({ ...input, quality: "stale" as const }));
  expect(illsOf({ ...cutOffNode, control: { ...control, inputs: blind } })).toEqual([
    "loop cooling has no good input: air is stale",
  ]);
  const store = fault("STORE_FULL", { path: "/data/metrics.db" });
  expect(illsOf({ ...cutOffNode, buffer: { ...cutOffNode.buffer, store } })).toEqual([
    "STORE_FULL: cannot write /data/metrics.db: the disk is full",
  ]);
});

test("a node that fell back to its safe setpoints asks for a person", () => {
  const spent = { ...control, mode: "safe" as const, reason: "the budget is spent" };
  expect(illsOf({ ...cutOffNode, control: spent })).toEqual([
    "it holds its safe setpoints: the budget is spent",
  ]);
});

test("a region is ill without its broker or its lease, not for nodes that are away", () => {
  expect(illsOf(region)).toEqual([]);
  const broker = { ...region.broker, state: "down" as const, why: "ECONNREFUSED" };
  const lease = { ...region.lease, held: false, why: "controller-2 holds it" };
  expect(illsOf({ ...region, broker, lease })).toEqual([
    "the broker at mqtt://127.0.0.1:1883 is down: ECONNREFUSED",
    "it does not hold the lease: controller-2 holds it",
  ]);
});
