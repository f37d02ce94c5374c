import { expect, test } from "vitest";
import { seconds } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { Pending } from "#src/runtime/pending.ts";
import { HandClock } from "../hand-clock.ts";

function asked() {
  const clock = new HandClock();
  const pending = new Pending<string>(clock);
  const ends: string[] = [];
  const ask = () => pending.ask("q", seconds(2), (result) => ends.push(result));
  return { clock, pending, ends, ask };
}

test("a question ends once, with its answer", () => {
  const { clock, pending, ends, ask } = asked();
  const id = ask() ?? "";
  expect(pending.answer(id, "yes")).toBe(true);
  expect(pending.answer(id, "again")).toBe(false);
  clock.pass(10_000);
  expect(ends).toEqual(["yes"]);
});

test("a question that nobody answers ends without", () => {
  const { clock, ends, ask } = asked();
  ask();
  clock.pass(2_000);
  expect(ends).toEqual(["silent"]);
});

test("one question too many is not asked at all", () => {
  const { ends, ask } = asked();
  for (let i = 0; i < limits.pendingQuestions; i += 1) expect(ask()).toBeDefined();
  expect(ask()).toBeUndefined();
  expect(ends).toEqual(["crowded"]);
});
