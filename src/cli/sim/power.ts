import type { NodeConfig } from "#src/contract/config.ts";
import type { SimulationReport, StoryLine, Trace, Violation } from "#src/contract/simulation.ts";

/** The simulator, as far as the command line knows it. */
export interface Simulation {
  readonly faultKinds: readonly string[];
  /** Why this is no fault of its kind, as the end of "a fault that"; undefined when it is one. */
  faultMisfit(kind: string, said: Record<string, unknown>): string | undefined;
  readonly scenarios: readonly NamedPlan[];
  /** Runs to its end before it returns; an hour of many nodes takes a while. */
  run(asked: SimulationAsked): SimulationDone;
  /** Looks for less that breaks the same law; undefined when nothing is broken at all. */
  shrink(
    asked: SimulationAsked,
    options: { readonly tries: number; readonly onTry: (tried: ShrinkTry) => void },
  ): Shrunken | undefined;
}

/** A story by hand. */
export interface NamedPlan {
  readonly name: string;
  readonly about: string;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  readonly faults: readonly PlanFault[];
}

export interface SimulationAsked {
  readonly seed: number;
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
  /** Nodes take these in turn; the ready-made ones where none are given. */
  readonly sites: readonly NodeConfig[];
  /** False: variants of them, drawn from the seed. Where not said the ready-made ones come in variants. */
  readonly asWritten?: boolean;
  /** Whether people ask for setpoints; they do where not said. */
  readonly people?: boolean;
  /** Kinds that may be drawn. */
  readonly faults: readonly string[];
  /** In place of drawn ones. */
  readonly plan?: readonly PlanFault[] | undefined;
  readonly onStory?: (line: StoryLine) => void;
  /** Told how far all of the simulated world has come, each few minutes of it. */
  readonly onStretch?: (at: number) => void;
  /** Index of the node whose signals are wanted. */
  readonly trace?: number;
}

export interface SimulationDone {
  readonly report: SimulationReport;
  readonly plan: readonly PlanFault[];
  readonly trace: Trace | undefined;
}

export interface ShrinkTry {
  readonly tried: number;
  /** How many. */
  readonly faults: number;
  readonly nodes: number;
  readonly hours: number;
  readonly failed: boolean;
}

export interface Shrunken {
  /** What the whole run broke first, and what the least one breaks. */
  readonly first: Violation;
  readonly broken: Violation;
  readonly faults: readonly PlanFault[];
  readonly nodes: number;
  readonly hours: number;
  readonly tried: number;
  /** False when the tries ran out before all was tried. */
  readonly done: boolean;
}

/** One fault of a plan: its kind, when it comes and goes, and what its kind wants to know. */
export interface PlanFault {
  readonly kind: string;
  /** Milliseconds since the simulated world began. */
  readonly at: number;
  readonly until: number;
  readonly [more: string]: unknown;
}
