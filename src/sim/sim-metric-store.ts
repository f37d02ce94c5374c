import { invariant } from "#src/base/assert.ts";
import {
  endOf,
  type Intake,
  isWhole,
  type Place,
  type Row,
  type Stretch,
  samplesIn,
} from "#src/contract/samples.ts";
import type { LedgerRow, MetricStore } from "#src/ports/metric-store.ts";
import { BootRuns } from "./boot-runs.ts";
import { type Holder, type Need, OpenFile, type SimDisk } from "./sim-disk.ts";

/** The contents of a metrics.db: the runs of each boot, oldest first. */
export class MetricFile {
  #boots: BootRuns[] = [];
  /** Samples it has had room for: room that was made is used again, and never given back. */
  #room = 0;

  /** What a copy of the disk holds, for a machine that is a clone of this one. */
  copy(): MetricFile {
    const copy = new MetricFile();
    copy.#room = this.#room;
    copy.#boots = this.#boots.map((one) => one.copy());
    return copy;
  }

  /** A bit of the sample with this number flips. */
  spoil(boot: number, seq: number): void {
    this.find(boot)?.spoil(seq);
  }

  /** A bit flips in what lies at this share of the newest boot's points. */
  rot(share: number): void {
    const { boot, base = 1, buffered = 0 } = this.ledger.at(-1) ?? {};
    if (boot !== undefined && buffered > 0) this.spoil(boot, base + Math.floor(share * buffered));
  }

  /** The last `count` numbers of the newest boot were half written when the power went. */
  tear(count: number): void {
    const last = this.#boots.at(-1);
    if (last === undefined) return;
    const first = Math.max(last.account.base, last.produced - count + 1);
    for (let seq = first; seq <= last.produced; seq += 1) last.spoil(seq);
  }

  find(boot: number): BootRuns | undefined {
    const last = this.#boots.at(-1);
    return last?.boot === boot ? last : this.#boots.find((one) => one.boot === boot);
  }

  add(boot: number): BootRuns {
    const runs = new BootRuns(boot);
    const at = this.#boots.findIndex((one) => one.boot > boot);
    this.#boots = this.#boots.toSpliced(at < 0 ? this.#boots.length : at, 0, runs);
    return runs;
  }

  /** Whether so many more samples need more of the disk than the file has already. */
  need(more: number): Need {
    return this.buffered + more > this.#room ? "grow" : "shrink";
  }

  get buffered(): number {
    let sum = 0;
    for (const runs of this.#boots) sum += runs.buffered;
    return sum;
  }

  /** What it holds now is room that it has. */
  settle(): void {
    this.#room = Math.max(this.#room, this.buffered);
  }

  get ledger(): readonly LedgerRow[] {
    return this.#boots.map((one) => one.account);
  }

  evict(count: number): number {
    let left = count;
    for (const runs of this.#boots) {
      if (left <= 0) break;
      if (runs.buffered > 0) left -= runs.evict(left);
    }
    return count - left;
  }

  load(after: Place | undefined, limit: number): Stretch | undefined {
    for (const runs of this.#boots) {
      const { boot } = runs;
      if (runs.isEmpty || (after !== undefined && boot < after.boot)) continue;
      const seq = after?.boot === boot ? after.seq : 0;
      if (seq >= runs.produced) continue;
      return runs.load(seq, limit);
    }
    return undefined;
  }
}

/** The MetricStore port over a file that lives in memory. */
export class SimMetricStore implements MetricStore {
  readonly #open: OpenFile<MetricFile>;

  constructor(file: MetricFile, disk: SimDisk, holder: Holder) {
    disk.open("metrics.db");
    this.#open = new OpenFile(file, disk, "metrics.db", holder);
  }

  append(intake: Intake): void {
    if (endOf(intake) < intake.from) return;
    const { contents } = this.#open;
    const produced = contents.find(intake.boot)?.produced ?? 0;
    invariant(intake.from > produced, "a number is given out once");
    invariant(intake.shed >= 0, "what was shed is counted");
    for (const row of intake.rows) invariant(isWhole(row), "a row is whole");
    append(this.#open.begin(contents.need(samplesIn(intake.rows))), intake);
    this.#open.commit();
  }

  load(after: Place | undefined, limit: number): Stretch | undefined {
    invariant(limit > 0, "a stretch has room for at least one sample");
    return this.#open.contents.load(after, limit);
  }

  forget(boot: number, upTo: number): void {
    this.#open.begin("shrink").find(boot)?.forget(upTo);
    this.#open.commit();
  }

  evict(count: number): number {
    const evicted = this.#open.begin("shrink").evict(count);
    this.#open.commit();
    return evicted;
  }

  buffered(): number {
    return this.#open.contents.buffered;
  }

  ledger(): readonly LedgerRow[] {
    return this.#open.contents.ledger;
  }

  close(): void {
    this.#open.close();
  }
}

function append(file: MetricFile, { boot, from, shed, rows }: Intake): void {
  const runs = file.find(boot) ?? file.add(boot);
  // Numbers that this file never saw: unknown is not the same as acked.
  if (from > runs.produced + 1) runs.bury(from - 1, "corrupt");
  if (shed > 0) runs.bury(from + shed - 1, "shed");
  for (const row of rows) runs.append(withoutInfinities(row));
  file.settle();
}

/** What is no number is none: the row of a database has one word for it. */
function withoutInfinities(row: Row): Row {
  for (const value of row.values) {
    if (Number.isFinite(value) || Number.isNaN(value)) continue;
    return { ...row, values: row.values.map((one) => (Number.isFinite(one) ? one : Number.NaN)) };
  }
  return row;
}
