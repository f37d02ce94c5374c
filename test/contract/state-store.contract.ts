import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FaultError } from "#src/base/fault.ts";
import { millis } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import type { StateStore } from "#src/ports/state-store.ts";

/** One state store under test; `openSecond` opens the same one again while the first lives. */
export interface StateStoreBench {
  readonly store: StateStore;
  reopen(kill?: boolean): StateStore;
  openSecond(): StateStore;
  close(): void;
}

export function stateStoreContract(name: string, open: () => StateStoreBench): void {
  describe(`the ${name} state store`, () => {
    let bench: StateStoreBench;
    let store: StateStore;
    beforeEach(() => {
      bench = open();
      store = bench.store;
    });
    afterEach(() => bench.close());

    test("knows nothing at first", () => {
      expect(store.read()).toEqual({
        hasRun: false,
        epoch: 0,
        controller: "",
        isolatedFor: 0,
        safety: nothingLatched,
      });
    });

    test("S1: a second opening is refused while the first lives, and taken after it", () => {
      const refused = codeOf(() => bench.openSecond());
      expect(refused).toBe("STORE_LOCKED");
      store.begin();
      store.close();
      const second = bench.openSecond();
      expect(second.begin()).toBeGreaterThan(0);
      second.close();
      store = bench.reopen();
      expect(store.read().hasRun).toBe(true);
    });

    test("S2: each beginning has a higher number, over reopening and kill", () => {
      const given: number[] = [];
      for (const kill of [false, true, false, true, true]) {
        given.push(store.begin(), store.begin());
        store = bench.reopen(kill);
      }
      expect(new Set(given).size).toBe(given.length);
      expect([...given].sort((a, b) => a - b)).toEqual(given);
    });

    test("S3: an epoch is kept over a kill, with who held it", () => {
      store.keepEpoch(7, "main");
      store = bench.reopen(true);
      expect(store.read()).toMatchObject({ epoch: 7, controller: "main" });
    });

    test("S3: the epoch never goes down", () => {
      store.keepEpoch(7, "main");
      store.keepEpoch(6, "old");
      store.keepEpoch(7, "rival");
      expect(store.read()).toMatchObject({ epoch: 7, controller: "main" });
      store.keepEpoch(8, "next");
      store = bench.reopen();
      expect(store.read()).toMatchObject({ epoch: 8, controller: "next" });
    });

    test("S3: what safety must not forget is kept over a kill, and touches nothing else", () => {
      store.keepEpoch(3, "main");
      const kill = { output: "fan", owner: "anna", reason: "bearing", at: 1_790_000_000_000 };
      const safety: SafetyMemory = {
        latched: ["high-pressure", "frost"],
        blind: ["frost"],
        kills: [kill],
        starts: { compressor: [12.5, 4_000] },
        ran: { compressor: 600_000 },
        computer: "a",
      };
      store.keepSafety(safety);
      store = bench.reopen(true);
      expect(store.read()).toMatchObject({ epoch: 3, controller: "main", isolatedFor: 0, safety });
    });

    test("S3: the time without a region is kept, and touches nothing else", () => {
      store.keepEpoch(3, "main");
      const boot = store.begin();
      store.keepIsolation(millis(61_000));
      store = bench.reopen(true);
      expect(store.read()).toMatchObject({ epoch: 3, controller: "main", isolatedFor: 61_000 });
      store.keepIsolation(millis(0));
      expect(store.read()).toMatchObject({ epoch: 3, controller: "main", isolatedFor: 0 });
      expect(store.begin()).toBeGreaterThan(boot);
    });
  });
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof FaultError ? error.fault.code : String(error);
  }
}
