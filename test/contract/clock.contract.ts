import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { after as later, millis } from "#src/base/units.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";

export interface ClockWorld {
  readonly clock: Clock;
  /** Lets at least so many milliseconds pass. */
  pass(length: number): Promise<void>;
  end?(): void;
}

export function clockContract(family: string, begin: () => ClockWorld): void {
  describe(`the ${family} clock`, () => {
    let world: ClockWorld;
    let ran: string[];
    const timers: Timer[] = [];

    const at = (length: number, name: string, task: () => void = () => {}): Timer => {
      const { clock } = world;
      const timer = clock.at(later(clock.now(), millis(length)), () => {
        ran.push(name);
        task();
      });
      timers.push(timer);
      return timer;
    };

    beforeEach(() => {
      world = begin();
      ran = [];
    });

    afterEach(() => {
      for (const timer of timers.splice(0)) timer.cancel();
      world.end?.();
    });

    test("goes on and never back", async () => {
      const { clock } = world;
      const first = clock.now();
      let last = first;
      for (let i = 0; i < 10_000; i += 1) {
        const now = clock.now();
        if (now < last) expect.unreachable("time went back");
        last = now;
      }
      await world.pass(5);
      expect(clock.now()).toBeGreaterThanOrEqual(first + 5);
    });

    test("SC1: runs a task once, never before its instant and soon after", async () => {
      const { clock } = world;
      const early: number[] = [];
      const late: number[] = [];
      for (let i = 0; i < 200; i += 1) {
        const when = later(clock.now(), millis(5 + i / 3.7));
        timers.push(
          clock.at(when, () => {
            const lateness = clock.now() - when;
            (lateness < 0 ? early : late).push(lateness);
          }),
        );
      }
      await world.pass(120);
      expect(early).toEqual([]);
      expect(late).toHaveLength(200);
      expect(late.toSorted((one, other) => one - other)[100]).toBeLessThan(10);
    });

    test("SC2: runs tasks by instant, and those of one instant in the order of their asking", async () => {
      const { clock } = world;
      const when = later(clock.now(), millis(20));
      const soon = later(clock.now(), millis(10));
      for (const name of ["a", "b"]) timers.push(clock.at(when, () => ran.push(name)));
      await world.pass(5);
      timers.push(clock.at(soon, () => ran.push("first")));
      for (const name of ["c", "d"]) timers.push(clock.at(when, () => ran.push(name)));
      await world.pass(40);
      expect(ran).toEqual(["first", "a", "b", "c", "d"]);
    });

    test("runs what is due already, but never at once", async () => {
      at(-100, "past");
      at(0, "now");
      expect(ran).toEqual([]);
      await world.pass(10);
      expect(ran).toEqual(["past", "now"]);
    });

    test("runs no task that was cancelled, also twice, also by a task of the same instant", async () => {
      at(5, "cancelled").cancel();
      const twice = at(5, "cancelled");
      twice.cancel();
      twice.cancel();
      const { clock } = world;
      const when = later(clock.now(), millis(5));
      timers.push(clock.at(when, () => victim.cancel()));
      const victim = clock.at(when, () => ran.push("victim"));
      at(6, "kept");
      await world.pass(20);
      expect(ran).toEqual(["kept"]);
      twice.cancel();
    });

    test("keeps the others when the first in line is cancelled", async () => {
      const first = at(5, "first");
      at(10, "second");
      first.cancel();
      at(8, "between");
      await world.pass(30);
      expect(ran).toEqual(["between", "second"]);
    });

    test("takes tasks while it runs one", async () => {
      at(5, "outer", () => at(5, "inner"));
      await world.pass(40);
      expect(ran).toEqual(["outer", "inner"]);
    });

    test("SC1: waits for instants that are months away", async () => {
      at(2 ** 31 + 1_000, "far");
      at(2 ** 40, "farther");
      at(5, "near");
      await world.pass(50);
      expect(ran).toEqual(["near"]);
    });
  });
}
