import type { Law } from "#src/contract/simulation.ts";

/** One small mistake that somebody could make in the product's code. */
export interface Mutant {
  /** The mistake, as a claim about the product. */
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Which promise it breaks. Another witness may be the first to notice. */
  readonly law: Law;
}
