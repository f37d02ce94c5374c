/** One target of a benchmark. */
export interface Row {
  readonly name: string;
  readonly ratio: number;
  readonly target: number;
  /** Whether more is better. */
  readonly more: boolean;
}

export const isMet = ({ ratio, target, more }: Row): boolean =>
  more ? ratio >= target : ratio <= target;
