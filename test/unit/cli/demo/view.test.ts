import { expect, test } from "vitest";
import { hasDrained } from "#src/cli/demo/drained.ts";
import { startingRoom, viewRoom } from "#src/cli/demo/view.ts";
import { cutOffNode } from "../reports.ts";
import { roomOf } from "./rooms.ts";

const starting = startingRoom("cold-room-1");

test("a room is seen as it says it is, with points not yet on disk among those that wait", () => {
  expect(viewRoom(starting, cutOffNode, true)).toMatchObject({
    state: "running",
    mode: "autonomous",
    temperature: 4.27,
    setpoint: 4,
    compressor: 1,
    buffered: 2_527,
  });
});

test("a room that has not answered yet is starting; one that has, is silent", () => {
  expect(viewRoom(starting, undefined, true).state).toBe("starting");
  expect(viewRoom(roomOf(), undefined, true).state).toBe("silent");
  expect(viewRoom(roomOf(), { ...cutOffNode, control: null }, true).state).toBe("silent");
});

test("a room whose process ended is stopped, and started anew it answers again", () => {
  const stopped = viewRoom(roomOf(), undefined, false);
  expect(stopped.state).toBe("stopped");
  expect(viewRoom(stopped, cutOffNode, true).state).toBe("running");
});

test("buffers have drained once the region has all that there was, though new points wait", () => {
  const then = [roomOf({ produced: 1_000, buffered: 400 })];
  expect(hasDrained(then, [roomOf({ produced: 1_020, buffered: 60 })])).toBe(false);
  expect(hasDrained(then, [roomOf({ produced: 1_040, buffered: 9 })])).toBe(true);
  expect(hasDrained(then, [roomOf({ produced: 1_040, buffered: 30, tombstoned: 20 })])).toBe(false);
});

test("a room that stopped keeps nobody waiting", () => {
  expect(
    hasDrained([roomOf({ buffered: 900 })], [roomOf({ buffered: 900, state: "stopped" })]),
  ).toBe(true);
});
