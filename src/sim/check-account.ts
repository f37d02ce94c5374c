import type { MetricBatch, Tombstone } from "#src/contract/messages.ts";
import { type Intake, samplesIn } from "#src/contract/samples.ts";
import type { Ingested } from "#src/ports/region-store.ts";
import type { Findings } from "./findings.ts";
import { IntervalSet } from "./interval-set.ts";
import type { Happening } from "./marks.ts";

/**
 * Keeps the account of one node's points from both ends, by their numbers.
 *
 * KC1  Numbers of a boot are given out once and without a gap, and are those of the points that the
 *      control thread handed on: none vanishes before it is on disk.
 * KC2  The node lets a number go only when the region has committed it.
 * KC3  The region acks no number that it has not committed.
 * KC4  The region counts a number once.
 * KC5  Points arrive with the values with which they left, as far as none became a tombstone.
 */
interface BootAccount {
  committed: number;
  /** What of it the region has committed, as points or tombstones. */
  readonly arrived: IntervalSet;
  /** Sums over numbers and values, alike at both ends while nothing became a tombstone. */
  sent: number;
  received: number;
  isWhole: boolean;
}

const buriedAs: Readonly<Record<Tombstone["reason"], Happening>> = {
  evicted: "points were evicted",
  shed: "points were shed",
  corrupt: "points were found corrupt",
};

/** Points that may be on their way between the threads and the disk at any moment. */
const underWay = 25_000;

export class AccountWitness {
  readonly #findings: Findings;
  readonly #who: string;
  readonly #boots = new Map<number, BootAccount>();
  /** Handed on by the control thread in this run, and given a number in it. */
  #made = 0;
  #numbered = 0;
  /** The last boot of which anything arrived. */
  #newest = 0;
  /** Two machines under one name share numbers: nobody can tell whose are whose. */
  isCloned = false;

  constructor(findings: Findings, who: string) {
    this.#findings = findings;
    this.#who = who;
  }

  started(): void {
    this.#made = 0;
    this.#numbered = 0;
  }

  /** The control thread hands on so many points, those it had to shed included. */
  makes(count: number): void {
    this.#made += count;
  }

  appended({ boot, from, shed, rows }: Intake): void {
    const account = this.#accountOf(boot);
    const count = shed + samplesIn(rows);
    if (from !== account.committed + 1) {
      this.#break("accounted", `boot ${boot}: number ${from} after ${account.committed}`);
    }
    if (shed > 0) account.isWhole = false;
    else {
      let seq = from;
      let sum = 0;
      for (const { values } of rows) {
        for (const value of values) {
          sum += mixed(seq, value);
          seq += 1;
        }
      }
      account.sent += sum;
    }
    account.committed = from + count - 1;
    this.#numbered += count;
    if (this.#numbered > this.#made) {
      this.#break("once", `${this.#numbered} numbers for ${this.#made} points`);
    }
    if (this.#made - this.#numbered > underWay) {
      this.#break("accounted", `${this.#made - this.#numbered} points have no number`);
    }
  }

  /** Points of the past that never got a number, though the run went on in order. */
  settle(most: number): void {
    const missing = this.#made - this.#numbered;
    if (missing > most) this.#break("accounted", `${missing} points vanished before the disk`);
  }

  evicted(): void {
    for (const account of this.#boots.values()) account.isWhole = false;
  }

  forgot(boot: number, upTo: number): void {
    const account = this.#accountOf(boot);
    const end = account.arrived.endOf(1);
    if (upTo > end) this.#break("accounted", `boot ${boot}: let go up to ${upTo}, arrived ${end}`);
  }

  arrived(batch: MetricBatch, said: Ingested): void {
    const account = this.#accountOf(batch.boot);
    const { arrived } = account;
    let fresh = 0;
    let sum = 0;
    for (const point of batch.points) {
      const seq = point[0];
      if (!arrived.extend(seq, seq)) {
        if (arrived.has(seq)) continue;
        arrived.add(seq, seq);
      }
      fresh += 1;
      sum += mixed(seq, point[3] ?? Number.NaN);
    }
    if (account.isWhole) account.received += sum;
    const { marks } = this.#findings;
    if (batch.boot < this.#newest) marks.reach("a batch of an earlier boot came");
    this.#newest = Math.max(this.#newest, batch.boot);
    if (fresh < batch.points.length) marks.reach("points came twice");
    for (const { from, to, reason } of batch.tombstones) {
      marks.reach(buriedAs[reason]);
      arrived.add(from, to);
      account.isWhole = false;
    }
    if (said.fresh > fresh) this.#break("once", `${said.fresh} counted as new, ${fresh} are`);
    const end = arrived.endOf(1);
    if (said.upTo > end) {
      this.#break("accounted", `boot ${batch.boot}: acked up to ${said.upTo}, arrived ${end}`);
    }
    if (account.isWhole && end === account.committed && account.sent !== account.received) {
      this.#break("accounted", `boot ${batch.boot}: other values arrived than left`);
      account.isWhole = false;
    }
  }

  /** What of each boot is on disk now, to be asked for later. */
  promised(): ReadonlyMap<number, number> {
    return new Map([...this.#boots].map(([boot, { committed }]) => [boot, committed]));
  }

  /** Everything that was promised has arrived. */
  check(promised: ReadonlyMap<number, number>): void {
    for (const [boot, committed] of promised) {
      const end = this.#accountOf(boot).arrived.endOf(1);
      if (end < committed) {
        this.#break("live", `boot ${boot}: ${committed - end} points did not arrive in time`);
      }
    }
  }

  #accountOf(boot: number): BootAccount {
    let account = this.#boots.get(boot);
    if (account === undefined) {
      account = { committed: 0, arrived: new IntervalSet(), sent: 0, received: 0, isWhole: true };
      this.#boots.set(boot, account);
    }
    return account;
  }

  #break(law: "accounted" | "once" | "live", what: string): void {
    if (!this.isCloned) this.#findings.report(law, this.#who, what);
  }
}

/** A term of a sum that is exact in doubles, and differs for another number or value. */
function mixed(seq: number, value: number): number {
  const rounded = Number.isFinite(value) ? Math.round(value * 1_024) : 7_919;
  return (Math.imul(seq | 0, 0x9e3779b1) ^ Math.imul(rounded | 0, 0x85ebca6b)) >>> 8;
}
