import { expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import { renderStatus } from "#src/cli/show/status.ts";
import { widthOf } from "#src/cli/show/text.ts";
import { cutOffNode, region } from "./reports.ts";
import { sceneOf } from "./scene.ts";

test("a node that is cut off says so, since when and why, and what it still does", () => {
  expect(renderStatus(cutOffNode, sceneOf())).toEqual([
    "● cold-room-1  node in region demo, autonomous since 14:02:11 (6 min ago)",
    "  because   the lease of demo lapsed: nothing heard for 6 s",
    "  loop      cooling  4.27 degC → 4 degC (default)  on-off every 500ms, p99 lateness 1.25 ms, 0 missed",
    "  input     product  4.9 degC (stale)",
    "  output    compressor  1  since 14:08:07 (4 s ago): 4.62 is above 4 by more than 0.5",
    "  buffer    2,520 of 18,500 points wait for the region, 7 not yet on disk; store ok",
    "  uplink    down since 14:02:05 (6 min ago), mqtt://127.0.0.1:1883: no answer to a ping",
    "  fault     BUS_LOST ×2 14:02:05 (6 min ago): lost the broker at mqtt://127.0.0.1:1883: no answer to a ping",
    "  next      holdfast why cold-room-1/compressor · holdfast tail cold-room-1",
  ]);
});

test("a region shows its lease, its nodes in columns, and what it holds for them", () => {
  expect(renderStatus(region, sceneOf())).toEqual([
    "● demo  region by controller-1, epoch 2, lease held (ttl 6s)",
    "  broker    embedded, up since 13:53:11 (15 min ago), mqtt://127.0.0.1:1883",
    "  node      cold-room-1   link down  autonomous  since 14:02:11 (6 min ago): the lease lapsed; heard 6 min ago, 15,973 points delivered, 12 duplicates dropped",
    "            cold-room-10  link up    connected   since 13:53:31 (14 min ago): 2 renewals heard; heard 1 s ago, 4,011 points delivered, 3 in tombstones",
    "  setpoint  cold-room-10/cooling  3.5  until 14:17:11 (9 min left) by ada: big delivery",
  ]);
});

test("a silent control thread and a full disk are not hidden", () => {
  const ill = {
    ...cutOffNode,
    control: null,
    uplink: null,
    buffer: { ...cutOffNode.buffer, store: fault("STORE_FULL", { path: "/data/metrics.db" }) },
  };
  const text = renderStatus(ill, sceneOf()).join("\n");
  expect(text).toContain("control silent");
  expect(text).toContain("STORE_FULL: cannot write /data/metrics.db: the disk is full");
  expect(text).toContain("none configured");
});

test("a loop that was slowed down or passed over says so, and by how much", () => {
  const { control } = cutOffNode;
  const loops = (control?.loops ?? []).map((loop) => ({
    ...loop,
    skipped: 1_300,
    overruns: 17,
    slowdown: 3,
    step: { p50: 20, p99: 28.5, max: 31 },
  }));
  const slowed = { ...cutOffNode, control: control === null ? null : { ...control, loops } };
  expect(renderStatus(slowed, sceneOf({ width: 300 })).join("\n")).toContain(
    "0 missed, 1,300 skipped, 17 over its budget of 10 ms (p99 28.5 ms), runs at one tick in 3",
  );
});

test("an interlock whose condition holds says when it trips", () => {
  const { control } = cutOffNode;
  const scene = sceneOf({ width: 300 });
  const lockout = {
    interlock: "lockout",
    tripped: null,
    holds: true,
    tripsAt: scene.now + 594_000,
    trip: "outdoor < 14",
    reset: "by itself",
  } as const;
  const waiting = { ...cutOffNode, control: control && { ...control, interlocks: [lockout] } };
  expect(renderStatus(waiting, scene).join("\n")).toContain(
    "lockout  clear  outdoor < 14; holds, trips in 9 min",
  );
});

test.each([60, 80, 100])("on a screen of %d columns no line is wider", (width) => {
  for (const status of [cutOffNode, region]) {
    for (const line of renderStatus(status, sceneOf({ width })).slice(1)) {
      expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  }
});

test("a reason from the network cannot steer the terminal", () => {
  const control = { ...cutOffNode.control!, reason: "\u001b]0;owned\u0007" };
  expect(renderStatus({ ...cutOffNode, control }, sceneOf()).join("\n")).not.toContain("\u001b");
});
