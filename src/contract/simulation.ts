/**
 * What a simulation is asked, and what it reports: plain data for faces, files and tests. Moments
 * are milliseconds of the simulated world since it began.
 */

/** The laws of DESIGN 1 that the simulation checks, each by witnesses of its own. */
export const laws = [
  /** Every register within its bounds, every machine its rest. */
  "bounded",
  /** The loops go on, whatever becomes of disk, link and region. */
  "local",
  /** Nobody's setpoint outlives its lease. */
  "leased",
  /** Nothing is let go before it arrived; nothing is missing at the end. */
  "accounted",
  /** Nothing counts twice, no request ends twice. */
  "once",
  /** No epoch below one that was obeyed, none obeyed before it is on disk. */
  "fenced",
  /** What a person switched off, or must reset, stays so until a person says otherwise. */
  "latched",
  /** Each change of an output has a reason that fits what was really heard. */
  "explained",
  /** After the last fault everybody is back, and every backlog delivered in order. */
  "live",
] as const;
export type Law = (typeof laws)[number];

export interface Violation {
  readonly at: number;
  readonly law: Law;
  /** Who broke it: region and node, or the region. */
  readonly who: string;
  readonly what: string;
}

/** One line of the story of a run. */
export interface StoryLine {
  readonly at: number;
  readonly kind: "fault" | "mended" | "mode" | "set" | "violation";
  readonly who: string;
  readonly what: string;
}

/** What one node measured and did, sampled for a plot. */
export interface Trace {
  readonly node: string;
  /** Name, unit and values of each signal, NaN where there was none; one value for each of `at`. */
  readonly at: readonly number[];
  readonly signals: readonly {
    readonly name: string;
    readonly kind: "input" | "setpoint" | "output" | "mode";
    readonly unit: string | undefined;
    readonly values: readonly number[];
  }[];
}

export interface SimulationReport {
  readonly seed: number;
  readonly hash: string;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  readonly events: number;
  /** How many there were; `violations` keeps the first of them. */
  readonly broken: number;
  readonly violations: readonly Violation[];
  /** How often each rare branch was reached; 0 for those never reached. */
  readonly marks: Readonly<Record<string, number>>;
  /** Kinds of faults that were on, and how many of each. */
  readonly faults: Readonly<Record<string, number>>;
}
