import { expect, test } from "vitest";
import { computed, type Sensed } from "#src/core/control/sensor.ts";
import { vote } from "#src/core/control/vote.ts";

const twoOfThree = { least: 2, maxDeviation: 1 };
const stale: Sensed = { value: 4, quality: "stale", usable: false, memory: undefined };
const of = (...values: readonly number[]): Sensed[] => values.map((value) => computed(value));
const standIn = (value: number): Sensed => ({
  ...stale,
  value,
  quality: "substitute",
  usable: true,
});

test("VT1: of three that agree the median is taken", () => {
  expect(vote(twoOfThree, of(4.2, 3.8, 4))).toMatchObject({ value: 4, quality: "good" });
});

test("VT1: one that is far from the median does not vote, however far it is", () => {
  for (const wrong of [-1e9, 9, 1e9]) {
    const { value, usable } = vote(twoOfThree, of(4, wrong, 4.5));
    expect(usable).toBe(true);
    expect(value).toBe(4.25);
  }
});

test("VT1: of two that agree the middle is taken, and two that do not are not acted on", () => {
  expect(vote(twoOfThree, [stale, ...of(4, 5)])).toMatchObject({ value: 4.5, usable: true });
  expect(vote(twoOfThree, of(4, 9))).toMatchObject({ quality: "range", usable: false });
});

test("VT2: with one left it is not acted on unless one is declared to be enough", () => {
  const left = [stale, ...of(4), stale];
  expect(vote(twoOfThree, left)).toMatchObject({ quality: "stale", usable: false });
  expect(vote({ ...twoOfThree, least: 1 }, left)).toMatchObject({ value: 4, usable: true });
});

test("VT1: substitutes do not vote, so that two dead sensors do not outvote the one that lives", () => {
  const left = [standIn(1), ...of(4.9), standIn(1)];
  expect(vote(twoOfThree, left)).toMatchObject({ value: 4.9, usable: false });
  expect(vote({ ...twoOfThree, least: 1 }, left)).toMatchObject({ value: 4.9, quality: "good" });
});

test("VT2: what may not be acted on is never called a substitute", () => {
  expect(vote(twoOfThree, [standIn(1), ...of(4)])).toMatchObject({ quality: "bad", usable: false });
});

test("VT2: with none left nothing is acted on", () => {
  expect(vote({ least: 1, maxDeviation: undefined }, [stale, stale]).usable).toBe(false);
  expect(vote({ least: 1, maxDeviation: undefined }, []).usable).toBe(false);
});
