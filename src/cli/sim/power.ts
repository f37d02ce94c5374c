import type { NodeConfig } from "#src/contract/config.ts";
import type { SimulationReport, StoryLine, Trace } from "#src/contract/simulation.ts";

/** The simulator, as far as the command line knows it. */
export interface Simulation {
  readonly faultKinds: readonly string[];
  /** Runs to its end before it returns; an hour of many nodes takes a while. */
  run(asked: SimulationAsked): SimulationDone;
}

export interface SimulationAsked {
  readonly seed: number;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  /** Nodes take these in turn; the ready-made ones where none are given. */
  readonly sites: readonly NodeConfig[];
  /** Kinds that may be drawn. */
  readonly faults: readonly string[];
  /** In place of drawn ones. */
  readonly plan?: readonly PlanFault[] | undefined;
  readonly onStory?: (line: StoryLine) => void;
  /** Told after each minute of the simulated world. */
  readonly onMinute?: (at: number) => void;
  /** Index of the node whose signals are wanted. */
  readonly trace?: number;
}

export interface SimulationDone {
  readonly report: SimulationReport;
  readonly plan: readonly PlanFault[];
  readonly trace: Trace | undefined;
}

/** One fault of a plan: its kind, when it comes and goes, and what its kind wants to know. */
export interface PlanFault {
  readonly kind: string;
  /** Milliseconds since the simulated world began. */
  readonly at: number;
  readonly until: number;
  readonly [more: string]: unknown;
}
