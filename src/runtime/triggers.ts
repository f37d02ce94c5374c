import { after, elapsed, type Instant, type Millis, millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";

/**
 * Turns that an input's new value brings about, besides those of the schedule.
 *
 * TG1  A loop that wants it decides on every new value of what it reads, or on a newer one; it waits
 *      for no tick.
 * TG2  However fast values come, such turns take at most half of the thread: beyond a debt of
 *      `limits.triggerDebt` what comes waits, all of it together, for one turn.
 * TG3  A turn counts as long as turns usually are: one that had to wait for the processor was no work,
 *      and what comes after it must not wait again.
 */
export interface TriggerParts {
  /** For each input, the loops that decide at once. */
  readonly loopsOf: readonly (readonly number[])[];
  readonly clock: Clock;
  /** Lets the loops decide, in ascending order. */
  readonly turn: (due: readonly number[]) => void;
}

export class Triggers {
  readonly #parts: TriggerParts;
  readonly #waiting = new Set<number>();
  #debt: Millis = millis(0);
  /** Of a turn; undefined before the first. */
  #usual: Millis | undefined;
  #paidAt: Instant;
  #timer: Timer | undefined;

  constructor(parts: TriggerParts) {
    this.#parts = parts;
    this.#paidAt = parts.clock.now();
  }

  /** These inputs have a new value, which the image holds already. */
  changed(inputs: readonly number[]): void {
    const { loopsOf } = this.#parts;
    for (const input of inputs) {
      for (const loop of loopsOf[input] ?? []) this.#waiting.add(loop);
    }
    if (this.#waiting.size > 0 && this.#timer === undefined) this.#run();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#waiting.clear();
  }

  #run(): void {
    const { clock, turn } = this.#parts;
    const began = clock.now();
    this.#debt = millis(Math.max(0, this.#debt - elapsed(this.#paidAt, began)));
    this.#paidAt = began;
    if (this.#debt > limits.triggerDebt) {
      this.#timer = clock.at(after(began, millis(this.#debt - limits.triggerDebt)), () => {
        this.#timer = undefined;
        this.#run();
      });
      return;
    }
    const due = [...this.#waiting].sort((one, other) => one - other);
    this.#waiting.clear();
    turn(due);
    this.#usual = nearer(this.#usual, elapsed(began, clock.now()));
    this.#debt = millis(this.#debt + 2 * this.#usual);
  }
}

/** Goes down by an eighth of the way, and up by an eighth of what it was. */
function nearer(usual: Millis | undefined, length: Millis): Millis {
  if (usual === undefined) return length;
  const down = usual - (usual - length) / 8;
  return millis(length < usual ? down : Math.min(length, usual * 1.125 + 0.01));
}

/** As much of a site file as says what a loop reads. */
export interface Wiring {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** In an order in which each is made of inputs and of earlier ones. */
  readonly signals: Readonly<
    Record<
      string,
      { readonly kind: string; readonly of?: readonly string[]; readonly expression?: string }
    >
  >;
  readonly loops: Readonly<Record<string, { readonly input: string; readonly onChange: boolean }>>;
}

/** For each input of the site, which of the loops decide at once; both by their place in the plan. */
export function triggersOf(
  { inputs, signals, loops }: Wiring,
  order: readonly string[],
): readonly (readonly number[])[] {
  return Object.keys(inputs).map((input) => {
    const affected = new Set([input]);
    for (const [name, { of = [], expression = "" }] of Object.entries(signals)) {
      // A name may be part of another one: a turn too many is harmless.
      const isMadeOf = [...affected].some((one) => of.includes(one) || expression.includes(one));
      if (isMadeOf) affected.add(name);
    }
    return order.flatMap((name, index) => {
      const loop = loops[name];
      return loop?.onChange === true && affected.has(loop.input) ? [index] : [];
    });
  });
}
