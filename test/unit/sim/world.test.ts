import { expect, test } from "vitest";
import { millis, seconds } from "#src/base/units.ts";
import { tailOf } from "#src/sim/delay.ts";
import { later, moment } from "#src/sim/moment.ts";
import { TraceHash } from "#src/sim/trace-hash.ts";
import { World } from "#src/sim/world.ts";

/** A story with chance in it: some walkers that note where they are. */
function story(seed: number, until = 60_000): World {
  const world = new World(seed);
  for (let walker = 0; walker < 10; walker += 1) {
    const rng = world.rng.fork(`walker ${walker}`);
    let place = 0;
    const walk = (): void => {
      place += rng.below(3) - 1 + tailOf(rng.below(2 ** 32), 0.1);
      world.note(1, walker, place);
      world.scheduleIn(millis(1 + rng.below(2_000)), walk);
    };
    world.schedule(moment(walker), walk);
  }
  world.run(moment(until));
  return world;
}

test("W1: one seed tells one story, twice in one process", () => {
  expect(story(7).hash).toBe(story(7).hash);
  expect(story(7).hash).not.toBe(story(8).hash);
  expect(story(7).counters).toEqual(story(7).counters);
});

test("W1: the story is the same on every machine", () => {
  expect(story(2_026).hash).toBe("08604af06c0e7e6c");
});

test("W2: time stands still within an event, and stands at the end of a run", () => {
  const world = new World(1);
  const seen: number[] = [];
  world.schedule(moment(5), () => {
    seen.push(world.now);
    world.schedule(moment(1), () => seen.push(world.now));
    seen.push(world.now);
  });
  world.run(moment(10));
  expect(seen).toEqual([5, 5, 5]);
  expect(world.now).toBe(10);
  expect(() => world.run(moment(9))).toThrow("time goes on");
});

test("W3: the hash tells one event or one bit of one note from another", () => {
  const hashes = new Set<string>();
  const remember = (how: (world: World) => void): void => {
    const world = new World(1);
    how(world);
    world.run(moment(100));
    hashes.add(world.hash);
  };
  remember(() => {});
  remember((world) => world.schedule(moment(1), () => {}));
  remember((world) => world.schedule(moment(2), () => {}));
  remember((world) => world.note(1));
  remember((world) => world.note(2));
  remember((world) => world.note(1, 0.1));
  remember((world) => world.note(1, 0.1 + 2 ** -56));
  remember((world) => world.note(1, -0));
  remember((world) => world.note(1, Number.NaN));
  remember((world) => world.note(1, 0, 1));
  expect(hashes.size).toBe(10);
});

test("W3: all NaNs are one", () => {
  const hashOf = (value: number): string => {
    const hash = new TraceHash(0);
    hash.add(value);
    return hash.text;
  };
  const other = new Float64Array(new BigUint64Array([0xfff8_0000_0000_1234n]).buffer)[0];
  expect(hashOf(other ?? 0)).toBe(hashOf(Number.NaN));
});

test("sums of moments are exact", () => {
  let at = moment(0);
  for (let i = 0; i < 100_000; i += 1) at = later(at, millis(0.3));
  expect(at % (1 / 1_024)).toBe(0);
  expect(at).toBeGreaterThanOrEqual(30_000);
  expect(later(at, seconds(1)) - at).toBe(1_000);
});

test("the tail of a delay has its mean, and an end", () => {
  let sum = 0;
  for (let i = 0; i < 200_000; i += 1) sum += tailOf(Math.imul(i, 0x9e3779b1) >>> 0, 10);
  expect(sum / 200_000).toBeGreaterThan(9.5);
  expect(sum / 200_000).toBeLessThan(10.5);
  expect(tailOf(0, 10)).toBeLessThanOrEqual(220);
  expect(tailOf(2 ** 32 - 1, 10)).toBeLessThan(0.1);
});
