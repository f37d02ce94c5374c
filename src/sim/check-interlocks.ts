import type { NodeConfig } from "#src/contract/config.ts";
import type { OutputRule } from "./check-registers.ts";
import type { Findings } from "./findings.ts";

/**
 * Compares what a node records of its interlocks with what it records of their outputs.
 *
 * KI1  While an interlock says that it is tripped, each output that it alone forces is at its value from
 *      the next record on, but for a machine that may not start yet, and one that is killed.
 */
interface Forced {
  readonly interlock: number;
  readonly output: number;
  readonly value: number;
}

/** Records in a row in which it may differ: the trip itself lies between two. */
const grace = 2;

/** What a record says, by the index of interlock and output. */
export interface Seen {
  isTripped(interlock: number): boolean;
  outputAt(output: number): number;
}

interface Killed {
  isKilled(output: number): boolean;
}

export class InterlockWitness {
  readonly #forced: readonly Forced[];
  readonly #rules: readonly OutputRule[];
  readonly #wrong: number[];
  readonly #findings: Findings;
  readonly #who: string;

  constructor(
    { interlocks }: NodeConfig,
    rules: readonly OutputRule[],
    findings: Findings,
    who: string,
  ) {
    const all = Object.values(interlocks).flatMap(({ force }, interlock) =>
      Object.entries(force).map(
        ([name, { value }]): Forced => ({
          interlock,
          output: rules.findIndex((rule) => rule.name === name),
          value,
        }),
      ),
    );
    this.#forced = all.filter(({ output, value, interlock }) => {
      const { minOff, min, max } = rules[output] as OutputRule;
      const mayRest = minOff > 0 && value > (min + max) / 2;
      const isShared = all.some((one) => one.output === output && one.interlock !== interlock);
      return !mayRest && !isShared;
    });
    this.#rules = rules;
    this.#wrong = this.#forced.map(() => 0);
    this.#findings = findings;
    this.#who = who;
  }

  started(): void {
    this.#wrong.fill(0);
  }

  /** What one record says: 1 for an interlock that is tripped, and where each output is. */
  takes(seen: Seen, latches?: Killed): void {
    for (const [place, { interlock, output, value }] of this.#forced.entries()) {
      const isElsewhere = seen.isTripped(interlock) && seen.outputAt(output) !== value;
      const isWrong = isElsewhere && latches?.isKilled(output) !== true;
      const count = isWrong ? (this.#wrong[place] as number) + 1 : 0;
      this.#wrong[place] = count;
      if (count <= grace) continue;
      this.#wrong[place] = 0;
      const { name } = this.#rules[output] as OutputRule;
      const what = `${name} is at ${seen.outputAt(output)}, and an interlock forces it to ${value}`;
      this.#findings.report("bounded", this.#who, what);
    }
  }
}
