import { type Fault, FaultError, fault } from "#src/base/fault.ts";
import { elapsed, type Instant } from "#src/base/units.ts";
import {
  type JournalAgent,
  type JournalKept,
  type JournalStep,
  journalLine,
  journalVersion,
} from "#src/contract/journal.ts";
import { limits } from "#src/contract/limits.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { JournalFiles } from "#src/ports/journal-files.ts";
import { heft } from "./heft.ts";

/**
 * What one agent was given of late and what it made of it (law 9, Replayable). It keeps references:
 * inputs, effects and states are values that nobody changes, so that a step costs no copy and no text.
 *
 * JO1  It holds about `limits.journalBytes`, the newest; what is older leaves in whole stretches, each
 *      of which begins with the state that the agent was in.
 * JO2  A start anew is in it, with what it was for.
 * JO3  A failure writes it down by itself, at most once in `limits.journalPause`; nothing that goes
 *      wrong with that touches the agent.
 */
export interface JournalParts<Plan> {
  readonly agent: JournalAgent;
  readonly node: string;
  readonly version: string;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly files: JournalFiles;
  /** Told where an incident was written, or why it was not. */
  readonly report: (met: Fault) => void;
}

interface Step extends JournalStep {
  effects: readonly unknown[] | undefined;
  failed: string | undefined;
}

interface Stretch {
  /** Undefined when it begins with a start. */
  readonly state: { readonly state: unknown } | undefined;
  readonly steps: Step[];
  heft: number;
}

export class Journal<Plan> {
  readonly #parts: JournalParts<Plan>;
  #stretches: Stretch[] = [];
  #heft = 0;
  #last: Step | undefined;
  #state: { readonly state: unknown } | undefined;
  #incidentAt: Instant | undefined;
  #writing: Promise<JournalKept | Fault> | undefined;

  constructor(parts: JournalParts<Plan>) {
    this.#parts = parts;
  }

  /** Before the agent starts. */
  starts(memory: unknown, at: Instant): void {
    this.#state = undefined;
    this.#add(
      { at, given: { start: true, memory }, effects: undefined, failed: undefined },
      memory,
    );
  }

  /** Before a step. */
  takes(input: unknown, at: Instant): void {
    const given = { start: false, input } as const;
    this.#add({ at, given, effects: undefined, failed: undefined }, input);
  }

  /** After a start or a step, before its effects are carried out. */
  gives(state: unknown, effects: readonly unknown[]): void {
    this.#state = { state };
    if (this.#last === undefined) return;
    this.#last.effects = effects;
    this.#weigh(heft(effects));
  }

  /** What the step threw or its effects met, before the agent starts anew. */
  fails(error: unknown): void {
    this.#state = undefined;
    if (this.#last !== undefined) this.#last.failed = String(error);
    const { agent, clock, report } = this.#parts;
    const now = clock.now();
    if (this.#incidentAt !== undefined && elapsed(this.#incidentAt, now) < limits.journalPause) {
      return;
    }
    this.#incidentAt = now;
    void this.keep(`the agent failed: ${String(error)}`).then((outcome) =>
      report("code" in outcome ? outcome : fault("JOURNAL_KEPT", { agent, path: outcome.path })),
    );
  }

  /** Writes it down as it is now; who asks while that goes on gets the same file. Never rejects. */
  keep(why: string): Promise<JournalKept | Fault> {
    this.#writing ??= this.#write(why).finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  /** The lines of its file; what happens after the call is not in them. */
  lines(why: string): Iterable<string> {
    const stretches = this.#stretches.map(({ state, steps }) => ({ state, steps: [...steps] }));
    return this.#linesOf(stretches, this.#state, why);
  }

  get steps(): number {
    return this.#stretches.reduce((sum, { steps }) => sum + steps.length, 0);
  }

  async #write(why: string): Promise<JournalKept | Fault> {
    const { steps } = this;
    const { agent, files } = this.#parts;
    try {
      const path = await files.keep(agent, this.lines(why));
      return { path, steps };
    } catch (error) {
      if (error instanceof FaultError) return error.fault;
      return fault("JOURNAL_LOST", { agent, why: String(error) });
    }
  }

  *#linesOf(
    stretches: readonly Pick<Stretch, "state" | "steps">[],
    last: Stretch["state"],
    why: string,
  ): Generator<string> {
    const { agent, node, version, plan, clock } = this.#parts;
    const header = { v: journalVersion, kind: "holdfast-journal", agent, node, version } as const;
    yield journalLine({ ...header, written: clock.wall(), now: clock.now(), why, plan });
    let count = 0;
    for (const { state, steps } of stretches) {
      if (state !== undefined) yield journalLine({ line: "state", state: state.state });
      for (const step of steps) yield journalLine({ line: "step", step });
      count += steps.length;
    }
    if (last !== undefined) yield journalLine({ line: "state", state: last.state });
    yield journalLine({ line: "end", steps: count });
  }

  #add(step: Step, given: unknown): void {
    let stretch = this.#stretches.at(-1);
    if (stretch === undefined || stretch.heft > limits.journalBytes / stretchesKept) {
      stretch = { state: this.#state, steps: [], heft: 0 };
      this.#stretches.push(stretch);
      this.#weigh(heft(this.#state));
    }
    stretch.steps.push(step);
    this.#last = step;
    this.#weigh(stepHeft + heft(given));
    this.#forget();
  }

  #weigh(bytes: number): void {
    const stretch = this.#stretches.at(-1);
    if (stretch !== undefined) stretch.heft += bytes;
    this.#heft += bytes;
  }

  #forget(): void {
    while (this.#heft > limits.journalBytes && this.#stretches.length > 1) {
      this.#heft -= this.#stretches.shift()?.heft ?? 0;
    }
  }
}

const stretchesKept = 8;
const stepHeft = 120;
