import fc from "fast-check";
import { expect } from "vitest";
import type { Tombstone } from "#src/contract/messages.ts";
import type { Stretch } from "#src/contract/samples.ts";
import type { LedgerRow } from "#src/ports/metric-store.ts";
import {
  drain,
  expectDense,
  intake,
  type MetricStoreBench,
  sample,
  samplesOf,
} from "./metric-store-bench.ts";

/** One call, or one event around the store. */
export type Step =
  | { readonly kind: "append"; readonly shed: number; readonly count: number }
  | { readonly kind: "boot" }
  | { readonly kind: "forget"; readonly boot: number; readonly part: number }
  | { readonly kind: "evict"; readonly count: number }
  | { readonly kind: "load"; readonly limit: number }
  | { readonly kind: "reopen"; readonly kill: boolean };

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("append" as const),
    shed: fc.constantFrom(0, 0, 0, 1, 5),
    count: fc.integer({ min: 0, max: 40 }),
  }),
  fc.record({ kind: fc.constant("boot" as const) }),
  fc.record({
    kind: fc.constant("forget" as const),
    boot: fc.integer({ min: 1, max: 5 }),
    part: fc.integer({ min: 0, max: 120 }),
  }),
  fc.record({ kind: fc.constant("evict" as const), count: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant("load" as const), limit: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("reopen" as const), kill: fc.boolean() }),
);

/** Of every number: buffered, buried or forgotten. */
type Fate = "sample" | Tombstone["reason"];

class Model {
  readonly boots = new Map<number, { base: number; fates: Fate[] }>();
  boot = 1;

  of(boot: number): { base: number; fates: Fate[] } {
    const known = this.boots.get(boot) ?? { base: 1, fates: [] };
    this.boots.set(boot, known);
    return known;
  }

  evict(count: number): number {
    let left = count;
    for (const boot of [...this.boots.keys()].sort((a, b) => a - b)) {
      const { base, fates } = this.of(boot);
      for (let i = base - 1; i < fates.length && left > 0; i += 1) {
        if (fates[i] !== "sample") continue;
        fates[i] = "evicted";
        left -= 1;
      }
    }
    return count - left;
  }

  ledger(): LedgerRow[] {
    return [...this.boots].map(([boot, { base, fates }]) => {
      const kept = fates.slice(base - 1);
      const buffered = kept.filter((fate) => fate === "sample").length;
      return { boot, produced: fates.length, base, buffered, tombstoned: kept.length - buffered };
    });
  }
}

/** Plays the steps against the store and against a model that knows the fate of each number. */
export function play(bench: MetricStoreBench, steps: readonly Step[]): void {
  const model = new Model();
  let store = bench.store;
  for (const one of steps) {
    switch (one.kind) {
      case "append": {
        if (one.shed + one.count === 0) break;
        const { fates } = model.of(model.boot);
        const first = fates.length + one.shed + 1;
        store.append(intake(model.boot, first, first + one.count - 1, one.shed));
        for (let i = 0; i < one.shed; i += 1) fates.push("shed");
        for (let i = 0; i < one.count; i += 1) fates.push("sample");
        break;
      }
      case "boot":
        model.boot += 1;
        break;
      case "forget": {
        store.forget(one.boot, one.part);
        const known = model.boots.get(one.boot);
        if (known === undefined) break;
        known.base = Math.max(known.base, Math.min(one.part, known.fates.length) + 1);
        break;
      }
      case "evict":
        expect(store.evict(one.count)).toBe(model.evict(one.count));
        break;
      case "load":
        expectSame(drain(store, one.limit), model);
        break;
      case "reopen":
        store = bench.reopen(one.kill);
        break;
    }
    expect(store.ledger()).toEqual(model.ledger());
  }
  expectSame(drain(store), model);
}

function expectSame(stretches: readonly Stretch[], model: Model): void {
  expectDense(stretches);
  const fates = new Map<string, Fate>();
  for (const { boot, rows, tombstones } of stretches) {
    const loaded = samplesOf({ rows });
    for (const one of loaded) {
      expect(one).toEqual(sample(one.seq));
      fates.set(`${boot}/${one.seq}`, "sample");
    }
    for (const { from, to, reason } of tombstones) {
      for (let seq = from; seq <= to; seq += 1) fates.set(`${boot}/${seq}`, reason);
    }
  }
  const wanted = [...model.boots].flatMap(([boot, known]) =>
    known.fates
      .slice(known.base - 1)
      .map((fate, i) => [`${boot}/${known.base + i}`, fate] as const),
  );
  expect(fates).toEqual(new Map(wanted));
}
