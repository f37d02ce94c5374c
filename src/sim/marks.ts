import type { FaultCode } from "#src/base/fault.ts";

/**
 * Rare branches that a simulation should sometimes reach: one that is never reached proves nothing
 * about what lies behind it.
 *
 * MK1  Every mark stands in a report, those that were never reached with 0.
 */
const happenings = [
  "local",
  "connected",
  "connected again",
  "autonomous",
  "safe",
  "a higher epoch was obeyed",
  "a person's setpoint was followed",
  "a person was refused",
  "a person was told yes",
  "an output was at its safe value for want of a good input",
  "a machine started as soon as it had rested",
  "an input was stale",
  "an input was out of range",
  "an input was bad",
  "points were evicted",
  "points were shed",
  "points were found corrupt",
  "points came twice",
  "a batch of an earlier boot came",
  "a node began again",
  "an output was by hand",
  "an output stayed killed",
  "an interlock stayed tripped",
] as const;
export type Happening = (typeof happenings)[number];

/** Faults that nodes and regions should meet, each of which they survive. */
const faultsMet = [
  "BUS_LOST",
  "BUS_REFUSED",
  "DEVICE_UNREACHABLE",
  "LEASE_EPOCH",
  "LEASE_RIVAL",
  "MESSAGE_RETAINED",
  "NODE_SILENT",
  "POINTS_SHED",
  "SETPOINT_NO_LEASE",
  "STORE_FULL",
  "STORE_READONLY",
] as const satisfies readonly FaultCode[];

const isMet = (code: string): code is (typeof faultsMet)[number] =>
  (faultsMet as readonly string[]).includes(code);

export class Marks {
  readonly #counts = new Map<string, number>(
    [...happenings, ...faultsMet].map((name) => [name, 0]),
  );

  reach(name: Happening): void {
    this.#add(name);
  }

  /** A fault that a node or a region reported. */
  meet(code: string): void {
    if (isMet(code)) this.#add(code);
  }

  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  #add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
