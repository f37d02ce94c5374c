import { type Fault, fault } from "#src/base/fault.ts";

/**
 * Fencing: an epoch is obeyed only if none higher was, and one epoch belongs to one controller
 * (Gray and Cheriton, "Leases", 1989; the epoch as a fencing token after Kleppmann, 2016).
 *
 * E1  A lower epoch than the highest obeyed is refused.
 * E2  The epoch of another controller is refused, whoever came first.
 * E3  A higher epoch must be on disk before anything of it is obeyed.
 */
export interface KnownEpoch {
  /** 0 when none was ever obeyed. */
  readonly epoch: number;
  readonly controller: string;
}

export type EpochVerdict =
  | { readonly kind: "known" }
  | { readonly kind: "new" }
  | { readonly kind: "refused"; readonly fault: Fault };

export function hearEpoch(known: KnownEpoch, said: KnownEpoch): EpochVerdict {
  if (said.epoch > known.epoch) return { kind: "new" };
  if (said.epoch < known.epoch) {
    return { kind: "refused", fault: fault("LEASE_EPOCH", { ...said, highest: known.epoch }) };
  }
  if (said.controller !== known.controller) {
    const rival = said.controller;
    return {
      kind: "refused",
      fault: fault("LEASE_RIVAL", { epoch: said.epoch, controller: known.controller, rival }),
    };
  }
  return { kind: "known" };
}
