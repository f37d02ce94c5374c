import { expect, test } from "vitest";
import {
  type Candidate,
  type Fails,
  type ShrinkLimits,
  shrink,
  type Timed,
} from "#src/sim/shrink.ts";

interface Named extends Timed {
  readonly name: number;
}

const limits: ShrinkLimits = { tries: 2_000, calm: 300, shortest: 400, grain: 10 };

const start: Candidate<Named> = {
  faults: Array.from({ length: 60 }, (_, name) => ({
    name,
    at: 100 + 100 * name,
    until: 250 + 100 * name,
    node: name % 50,
  })),
  nodes: 50,
  length: 10_000,
};

const names = ({ faults }: Candidate<Named>): number[] => faults.map(({ name }) => name);

/** Fails where all of these are, at the end of the last of them. */
const wants =
  (...wanted: readonly number[]): Fails<Named> =>
  (candidate) =>
    wanted.every((name) => names(candidate).includes(name))
      ? Math.max(0, ...wanted.map((name) => 250 + 100 * name))
      : undefined;

test.each([[[]], [[7]], [[3, 41]], [[0, 1, 59]], [[2, 3, 5, 7, 11, 13]]])(
  "SK1 SK2 only the faults %j that it takes are left",
  (wanted) => {
    const { least, done } = shrink(start, 9_000, wants(...wanted), limits);
    expect(names(least)).toEqual(wanted);
    expect(done).toBe(true);
    expect(wants(...wanted)(least)).toBeDefined();
  },
);

test("SK3 a fault of a late node is moved to one of the first where that fails too", () => {
  const { least } = shrink(start, 9_000, wants(49), limits);
  expect(least.nodes).toBe(1);
  expect(least.faults).toMatchObject([{ name: 49, node: 0 }]);
});

test("SK3 nodes that it takes are kept", () => {
  const fails: Fails<Named> = (candidate) =>
    candidate.nodes >= 13 ? wants(20)(candidate) : undefined;
  expect(shrink(start, 9_000, fails, limits).least.nodes).toBe(13);
});

test("SK3 SK5 the run ends soon after what it takes, with its calm", () => {
  const { least } = shrink(start, 9_000, wants(10), limits);
  // The fault begins at 1100: a run with a calm of 300 that has it is 1410 long.
  expect(least.length).toBe(1_410);
  expect(least.faults).toMatchObject([{ name: 10, at: 1_100, until: 1_110 }]);
});

test("SK5 no run is shorter than it may be", () => {
  const { least } = shrink(start, 9_000, () => 0, limits);
  expect(least).toEqual({ faults: [], nodes: 1, length: 400 });
});

test("SK2 what fails by chance of its parts only is left as it was", () => {
  const fails: Fails<Named> = () => undefined;
  const { least } = shrink(start, 10_000, fails, limits);
  expect(least).toBe(start);
});

test("SK4 nothing is tried twice, nor more often than allowed", () => {
  const seen: string[] = [];
  const fails: Fails<Named> = (candidate) => {
    seen.push(JSON.stringify(candidate));
    return wants(3, 41, 50)(candidate);
  };
  const all = shrink(start, 9_000, fails, limits);
  expect(new Set(seen).size).toBe(seen.length);
  expect(all.tries).toBe(seen.length);
  expect(seen.length).toBeLessThan(200);
  const few = shrink(start, 9_000, wants(3, 41, 50), { ...limits, tries: 5 });
  expect(few).toMatchObject({ tries: 5, done: false });
  expect(wants(3, 41, 50)(few.least)).toBeDefined();
});
