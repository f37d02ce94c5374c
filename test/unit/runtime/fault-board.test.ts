import { expect, test } from "vitest";
import { type Fault, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { HandClock } from "../hand-clock.ts";
import { KeptLog } from "../kept-log.ts";

const known = fault("STORE_FULL", { path: "x" });
/** The catalogue has its bound by itself; a board does not lean on it. */
const kind = (number: number): Fault => ({ ...known, code: `KIND_${number}` as Fault["code"] });

test("the newest of each kind is kept and counted, newest last", () => {
  const board = new FaultBoard(new HandClock(), new KeptLog());
  for (const one of [1, 2, 1]) board.put(kind(one));
  expect(board.list()).toMatchObject([
    { code: "KIND_2", count: 1 },
    { code: "KIND_1", count: 2 },
  ]);
});

test("it is bounded, and the kind that was not met for longest makes room", () => {
  const board = new FaultBoard(new HandClock(), new KeptLog());
  for (let one = 0; one < limits.faultsRemembered; one += 1) board.put(kind(one));
  board.put(kind(0));
  board.put(kind(limits.faultsRemembered));
  const codes = board.list().map(({ code }) => code as string);
  expect(codes).toHaveLength(limits.faultsRemembered);
  expect(codes).not.toContain("KIND_1");
  expect(codes.slice(-2)).toEqual(["KIND_0", `KIND_${limits.faultsRemembered}`]);
});
