import { limits } from "#src/contract/limits.ts";
import type { Tombstone } from "#src/contract/messages.ts";
import type { NumberedRow, Row, Stretch } from "#src/contract/samples.ts";
import type { LedgerRow } from "#src/ports/metric-store.ts";
import {
  type Buried,
  Columns,
  lengthOf,
  Names,
  part,
  type Run,
  read,
  rowOf,
  type Spoiled,
  type Stored,
} from "./metric-run.ts";

/** Samples that share columns, about: what was fetched of them is let go with the last. */
const columnLength = 64;
/** The newest runs, which keep their rows: with a region that answers they are all there are. */
const runsFresh = 32;

/** Whether what comes next may follow in its columns. */
const isOpen = (run: Stored): boolean =>
  run.columns.length < columnLength && run.columns.length === run.first + lengthOf(run);

/**
 * What a buffer holds of one boot: every number from `base` to `produced` is in exactly one run, so
 * that no number can be lost between the tables (M3, M4).
 */
export class BootRuns {
  readonly boot: number;
  #base = 1;
  #produced = 0;
  #buffered = 0;
  #tombstoned = 0;
  #runs: Run[] = [];
  /** Made with the first columns. */
  #names: Names | undefined;
  /** Where the next samples go, if they follow the last ones there. */
  #columns: Columns | undefined;

  constructor(boot: number) {
    this.boot = boot;
  }

  get produced(): number {
    return this.#produced;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  get buffered(): number {
    return this.#buffered;
  }

  get account(): LedgerRow {
    return {
      boot: this.boot,
      produced: this.#produced,
      base: this.#base,
      buffered: this.#buffered,
      tombstoned: this.#tombstoned,
    };
  }

  /** Shares the columns that there are, and begins its own. */
  copy(): BootRuns {
    const copy = new BootRuns(this.boot);
    copy.#base = this.#base;
    copy.#produced = this.#produced;
    copy.#buffered = this.#buffered;
    copy.#tombstoned = this.#tombstoned;
    copy.#runs = [...this.#runs];
    copy.#names = this.#names;
    return copy;
  }

  /** Its samples get the numbers that follow. */
  append(row: Row): void {
    const from = this.#produced + 1;
    const count = row.values.length;
    const to = this.#produced + count;
    this.#produced = to;
    this.#buffered += count;
    this.#runs.push({ kind: "fresh", from, to, row, first: 0 });
    if (this.#runs.length > runsFresh) this.#store(this.#runs.length - 1 - runsFresh);
  }

  /** What nobody has fetched so far will wait for long: it goes to columns. */
  #store(at: number): void {
    const run = this.#runs[at] as Run;
    if (run.kind !== "fresh") return;
    const { from, to } = run;
    const last = this.#runs[at - 1];
    const columns = this.#columns;
    if (last?.kind === "stored" && last.columns === columns && isOpen(last)) {
      columns.append(rowOf(run));
      this.#runs[at - 1] = { ...last, to };
      this.#runs.splice(at, 1);
      return;
    }
    this.#names ??= new Names();
    this.#columns = new Columns(this.#names);
    this.#columns.append(rowOf(run));
    this.#runs[at] = { kind: "stored", from, to, columns: this.#columns, first: 0 };
  }

  bury(to: number, reason: Tombstone["reason"]): void {
    this.#tombstoned += to - this.#produced;
    this.#put(this.#runs, { kind: "buried", from: this.#produced + 1, to, reason });
    this.#produced = to;
  }

  forget(upTo: number): void {
    if (upTo < this.#base) return;
    const end = Math.min(upTo, this.#produced);
    let gone = 0;
    for (let run = this.#runs[gone]; run !== undefined && run.from <= end; run = this.#runs[gone]) {
      const count = Math.min(end, run.to) - run.from + 1;
      if (run.kind === "buried") this.#tombstoned -= count;
      else this.#buffered -= count;
      if (run.to > end) {
        this.#runs[gone] = part(run, end + 1, run.to);
        break;
      }
      gone += 1;
    }
    if (gone > 0) this.#runs.splice(0, gone);
    if (this.#runs.length === 0) this.#columns = undefined;
    this.#base = end + 1;
  }

  /** Makes a tombstone of the oldest samples, `most` of them; returns how many there were. */
  evict(most: number): number {
    const before: Run[] = [];
    let left = most;
    let at = 0;
    for (let run = this.#runs[at]; run !== undefined && left > 0; run = this.#runs[at]) {
      at += 1;
      if (run.kind === "buried") {
        this.#put(before, run);
        continue;
      }
      const count = Math.min(left, lengthOf(run));
      const to = run.from + count - 1;
      left -= count;
      this.#put(before, { kind: "buried", from: run.from, to, reason: "evicted" });
      if (to < run.to) before.push(part(run, to + 1, run.to));
    }
    const rest = this.#runs.slice(at);
    const first = rest[0];
    if (first?.kind === "buried") {
      this.#put(before, first);
      rest.shift();
    }
    const evicted = most - left;
    const joined = this.#joined(before);
    this.#runs = [...joined, ...rest];
    this.#buffered -= evicted;
    this.#tombstoned += evicted;
    return evicted;
  }

  /** The sample with this number is not what was written any more. */
  spoil(seq: number): void {
    this.#replace(seq, { kind: "spoiled", from: seq, to: seq });
  }

  /** From a number on, up to `limit` samples; rows that prove spoiled become tombstones. */
  load(after: number, limit: number): Stretch {
    const from = Math.max(this.#base, after + 1);
    return this.#walk(from, this.#find(from), limit);
  }

  #walk(from: number, start: number, limit: number): Stretch {
    const rows: NumberedRow[] = [];
    let left = limit;
    const tombstones: Tombstone[] = [];
    let next = from;
    for (let at = start; at < this.#runs.length && left > 0; at += 1) {
      let run = this.#runs[at] as Run;
      if (run.kind === "spoiled") run = this.#burySpoiled(at, run);
      if (run.kind === "buried") {
        const first = Math.max(next, run.from);
        const last = tombstones.at(-1);
        const { to, reason } = run;
        if (last?.reason === reason && last.to + 1 === first) {
          tombstones[tombstones.length - 1] = tombstone(last.from, to, reason);
        } else if (tombstones.length === limits.batchTombstones) {
          break;
        } else {
          tombstones.push(tombstone(first, to, reason));
        }
        next = to + 1;
        continue;
      }
      const end = Math.min(run.to, next + left - 1);
      left -= end - next + 1;
      read(part(run, next, end), rows);
      next = end + 1;
    }
    return { boot: this.boot, base: this.#base, from, to: next - 1, rows, tombstones };
  }

  #burySpoiled(at: number, { from, to }: Spoiled): Buried {
    const buried: Buried = { kind: "buried", from, to, reason: "corrupt" };
    this.#runs[at] = buried;
    this.#buffered -= to - from + 1;
    this.#tombstoned += to - from + 1;
    return buried;
  }

  #replace(seq: number, by: Run): void {
    const at = this.#find(seq);
    const run = this.#runs[at];
    if (run === undefined || run.from > seq || run.kind === "buried" || run.kind === "spoiled") {
      return;
    }
    const pieces: Run[] = [by];
    if (run.from < seq) pieces.unshift(part(run, run.from, seq - 1));
    if (run.to > seq) pieces.push(part(run, seq + 1, run.to));
    this.#runs.splice(at, 1, ...pieces);
  }

  /** The place of the run that holds the number. */
  #find(seq: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle] as Run).to < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Adds a run to a list; a tombstone joins a neighbour of its reason. */
  #put(list: Run[], run: Run): void {
    const last = list.at(-1);
    if (run.kind === "buried" && last?.kind === "buried" && last.reason === run.reason) {
      list[list.length - 1] = { ...last, to: run.to };
    } else {
      list.push(run);
    }
  }

  /** The count is kept, the finer reasons are not. */
  #joined(runs: readonly Run[]): readonly Run[] {
    if (runs.length <= limits.tombstonesKept) return runs;
    const half = runs.length - limits.tombstonesKept / 2;
    const joined: Run[] = [];
    for (const run of runs.slice(0, half)) {
      this.#put(joined, run.kind === "buried" ? { ...run, reason: "evicted" } : run);
    }
    return [...joined, ...runs.slice(half)];
  }
}

export const tombstone = (from: number, to: number, reason: Tombstone["reason"]): Tombstone => ({
  from,
  to,
  reason,
  count: to - from + 1,
});
