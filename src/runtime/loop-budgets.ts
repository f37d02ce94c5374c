import { after, type Instant, type Millis } from "#src/base/units.ts";
import { loopClasses } from "#src/contract/config-points.ts";
import { limits } from "#src/contract/limits.ts";
import type { LoopTimes } from "./loop-times.ts";

/**
 * Which loops of a turn share a step, and which have had more than their budget.
 *
 * An agent's step is one whole, so that only the time of a step can be measured, not that of a loop
 * in it. Loops of one class share a step as long as none of them can have exceeded its budget.
 *
 * LB1  Steps of a turn come in the order of the classes; advisory loops share none.
 * LB2  A shared step that was longer than the least budget in it puts its loops on trial: each has
 *      steps of its own, `limits.trialSteps` of them, and none is suspected anew for
 *      `limits.trialPause`.
 * LB3  A loop that exceeded its budget `limits.overruns` times in a row, by itself, is slowed down by
 *      as much as it exceeds it, at most by `limits.slowdown`; no other loop is.
 * LB4  A loop that kept its budget `limits.trialSteps` times in a row runs at every tick again.
 */
export class LoopBudgets {
  readonly #loops: readonly LoopTimes[];
  readonly #accounts: Account[];

  constructor(loops: readonly LoopTimes[]) {
    this.#loops = loops;
    this.#accounts = loops.map(() => ({ ...innocent, suspectedFrom: 0 as Instant }));
  }

  /** The steps of one turn, each with the loops it serves. */
  steps(due: readonly number[]): readonly (readonly number[])[] {
    if (due.length === 1) return [due];
    return loopClasses.flatMap((of) => {
      const all = due.filter((loop) => this.#loops[loop]?.class === of);
      const alone = all.filter((loop) => of === "advisory" || this.#isOnTrial(loop));
      const together = all.filter((loop) => !alone.includes(loop));
      return together.length === 0
        ? alone.map((loop) => [loop])
        : [together, ...alone.map((loop) => [loop])];
    });
  }

  /** Takes down how long a step was; a slowdown that changes is given back. */
  took(step: readonly number[], length: Millis, now: Instant): Slowdown | undefined {
    const [first] = step;
    if (first === undefined) return undefined;
    if (step.length === 1) return this.#judge(first, length, now);
    const least = Math.min(...step.map((loop) => this.#loops[loop]?.budget ?? 0));
    if (length <= least) return undefined;
    for (const loop of step) {
      const account = this.#accounts[loop];
      if (account !== undefined && now >= account.suspectedFrom) account.trial = limits.trialSteps;
    }
    return undefined;
  }

  account(loop: number): { readonly overruns: number; readonly slowdown: number } {
    const { overruns, slowdown } = this.#accounts[loop] ?? innocent;
    return { overruns, slowdown };
  }

  #isOnTrial(loop: number): boolean {
    return (this.#accounts[loop]?.trial ?? 0) > 0;
  }

  #judge(loop: number, length: Millis, now: Instant): Slowdown | undefined {
    const account = this.#accounts[loop];
    const budget = this.#loops[loop]?.budget;
    if (account === undefined || budget === undefined) return undefined;
    const before = account.slowdown;
    if (length > budget) {
      account.overruns += 1;
      account.inARow += 1;
      account.trial = limits.trialSteps;
      if (account.inARow >= limits.overruns) {
        const excess = Math.min(limits.slowdown, Math.ceil(length / budget));
        account.slowdown = Math.max(before, excess);
      }
    } else {
      account.inARow = 0;
      account.trial = Math.max(0, account.trial - 1);
      if (account.trial === 0) {
        account.slowdown = 1;
        account.suspectedFrom = after(now, limits.trialPause);
      }
    }
    if (account.slowdown === before) return undefined;
    return { loop, length, slowdown: account.slowdown };
  }
}

export interface Slowdown {
  readonly loop: number;
  readonly length: Millis;
  /** It runs at every so many ticks from now on. */
  readonly slowdown: number;
}

interface Account {
  overruns: number;
  /** Overruns without a good step between them. */
  inARow: number;
  /** Good steps it still has to take by itself. */
  trial: number;
  slowdown: number;
  suspectedFrom: Instant;
}

const innocent = { overruns: 0, inARow: 0, trial: 0, slowdown: 1 };
