import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { ControlKeeper, type ThreadEvents } from "#src/runtime/control-keeper.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { HandClock } from "../hand-clock.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function kept() {
  const clock = new HandClock();
  const board = new FaultBoard(clock, silent);
  const threads: { events: ThreadEvents; posted: unknown[]; terminated: boolean }[] = [];
  const keeper = new ControlKeeper({
    clock,
    board,
    spawn: (events) => {
      const thread = { events, posted: [] as unknown[], terminated: false };
      threads.push(thread);
      return {
        post: (frame) => thread.posted.push(frame),
        terminate: () => {
          thread.terminated = true;
          events.ended("terminated");
        },
      };
    },
    frame: () => {},
    started: () => {},
  });
  keeper.start();
  return { clock, board, threads, keeper };
}

const beat = { message: { kind: "deviceFound", device: "room" } } as const;

test("replaces a thread that ended, and says so", () => {
  const { clock, board, threads } = kept();
  threads[0]?.events.ended("out of memory");
  clock.pass(1);
  expect(threads).toHaveLength(2);
  expect(board.list()).toMatchObject([{ code: "CONTROL_LOST", count: 1 }]);
});

test("replaces a thread that says nothing", () => {
  const { clock, threads } = kept();
  clock.pass(limits.controlSilence + 2_000);
  expect(threads[0]?.terminated).toBe(true);
  expect(threads.length).toBeGreaterThan(1);
});

test("leaves a thread alone that goes on speaking", () => {
  const { clock, threads } = kept();
  for (let i = 0; i < 60; i += 1) {
    clock.pass(1_000);
    threads[0]?.events.frame(beat);
  }
  expect(threads).toHaveLength(1);
});

test("CK1: a thread is not ended for what this one was too busy to hear", () => {
  const { clock, threads, keeper } = kept();
  for (let i = 0; i < 5; i += 1) {
    clock.block(2 * limits.controlSilence);
    clock.pass(0);
    threads[0]?.events.frame(beat);
    clock.pass(1_000);
  }
  expect(threads).toHaveLength(1);
  expect(keeper.alive).toBe(true);
});

test("a thread that is silent is not alive, and its successor is", () => {
  const { clock, keeper } = kept();
  clock.pass(limits.controlSilence - 1_000);
  expect(keeper.alive).toBe(true);
  clock.pass(2_000);
  expect(keeper.alive).toBe(true);
});

test("never gives up, but rests between attempts that fail at once", () => {
  const { clock, threads } = kept();
  for (let i = 0; i < 20; i += 1) {
    threads.at(-1)?.events.ended("again");
    clock.pass(limits.restartRest);
  }
  expect(threads).toHaveLength(21);
});

test("an orderly stop waits for the thread's word, and not for ever", async () => {
  const { clock, threads, keeper } = kept();
  const stopped = keeper.stop();
  expect(threads[0]?.posted).toEqual([{ message: { kind: "stop" } }]);
  threads[0]?.events.frame({ message: { kind: "stopped" } });
  await stopped;
  const other = kept();
  const late = other.keeper.stop();
  other.clock.pass(limits.queryTimeout);
  await late;
  expect(clock.now()).toBeGreaterThan(0);
  expect(other.threads[0]?.terminated).toBe(true);
});
