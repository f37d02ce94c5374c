import { limits } from "#src/contract/limits.ts";

/**
 * What a process answered, in as much detail as its length allows.
 *
 * AR1  It begins with a point for every turn; whenever there are `limits.tunePoints` of them two
 *      become one, their mean. So it keeps between half of that and all of it, evenly spaced, whatever
 *      the test was given.
 */
export interface AnswerRecord {
  /** Turns in a point. */
  readonly width: number;
  /** Milliseconds after the step. */
  readonly at: readonly number[];
  readonly values: readonly number[];
  /** Of the point that is not full yet. */
  readonly open: { readonly turns: number; readonly at: number; readonly value: number };
}

const nothing = { turns: 0, at: 0, value: 0 };

export const startRecord: AnswerRecord = { width: 1, at: [], values: [], open: nothing };

export function recordTurn(record: AnswerRecord, at: number, value: number): AnswerRecord {
  const { width, open } = record;
  const turns = open.turns + 1;
  const sum = { turns, at: open.at + at, value: open.value + value };
  if (turns < width) return { ...record, open: sum };
  const full = {
    width,
    at: [...record.at, sum.at / width],
    values: [...record.values, sum.value / width],
    open: nothing,
  };
  return full.at.length < limits.tunePoints ? full : halved(full);
}

const halved = ({ width, at, values, open }: AnswerRecord): AnswerRecord => ({
  width: 2 * width,
  at: inPairs(at),
  values: inPairs(values),
  open,
});

const inPairs = (of: readonly number[]): number[] =>
  of.flatMap((one, place) => (place % 2 === 1 ? [((of[place - 1] as number) + one) / 2] : []));
