import { z } from "zod";
import type { Fault } from "#src/base/fault.ts";
import { idPattern } from "#src/base/id.ts";
import type { LoopClass } from "./config-points.ts";
import { journalAgents } from "./journal.ts";
import { limits } from "./limits.ts";
import type { Mode, Quality } from "./messages.ts";
import type { Kill } from "./safety-memory.ts";

/**
 * The language of the local socket: one JSON object a line, a request and then its answer; `tail`
 * is answered by lines until one side hangs up. Moments are milliseconds since 1970 UTC.
 */
const id = z.string().regex(idPattern);

export const Query = z.discriminatedUnion("verb", [
  z.object({ v: z.literal(1), verb: z.literal("status") }),
  z.object({ v: z.literal(1), verb: z.literal("why"), output: id }),
  z.object({
    v: z.literal(1),
    verb: z.literal("set"),
    /** Asked of a region: which of its nodes. Asked of a node: its own id. */
    node: id,
    loop: id,
    value: z.number(),
    for: z.int().min(1_000).max(limits.grantLength),
    owner: z.string().min(1).max(limits.ownerCharacters),
    reason: z.string().min(1).max(limits.reasonCharacters),
  }),
  z.object({
    v: z.literal(1),
    verb: z.literal("force"),
    output: id,
    value: z.number(),
    for: z.int().min(1_000).max(limits.grantLength),
    owner: z.string().min(1).max(limits.ownerCharacters),
    reason: z.string().min(1).max(limits.reasonCharacters),
  }),
  z.object({
    v: z.literal(1),
    verb: z.literal("reset"),
    interlock: id,
    owner: z.string().min(1).max(limits.ownerCharacters),
    reason: z.string().min(1).max(limits.reasonCharacters),
  }),
  z.object({
    v: z.literal(1),
    verb: z.enum(["kill", "release"]),
    /** All of the node's where not said. */
    output: id.optional(),
    owner: z.string().min(1).max(limits.ownerCharacters),
    reason: z.string().min(1).max(limits.reasonCharacters),
  }),
  z.object({
    v: z.literal(1),
    verb: z.literal("tune"),
    loop: id,
    method: z.enum(["relay", "step"]),
    /** A step may go down. */
    amplitude: z.number().refine((by) => by !== 0),
    hysteresis: z.number().min(0),
    for: z.int().min(1_000).max(limits.tuneLength),
    owner: z.string().min(1).max(limits.ownerCharacters),
    reason: z.string().min(1).max(limits.reasonCharacters),
  }),
  z.object({ v: z.literal(1), verb: z.literal("tune-stop"), loop: id }),
  z.object({ v: z.literal(1), verb: z.literal("tail") }),
  z.object({ v: z.literal(1), verb: z.literal("journal"), agent: z.enum(journalAgents) }),
]);
export type Query = z.infer<typeof Query>;

/** Of a kill or a release that is done: why the disk does not know of it yet, if it does not. */
export const KillAnswer = z.object({ unwritten: z.object({ message: z.string() }).nullable() });

export type Answer =
  | { readonly v: 1; readonly ok: true; readonly body: unknown }
  | { readonly v: 1; readonly ok: false; readonly fault: Fault };

/** What a `tail` says, one a line. */
export interface TailLine {
  readonly node: string;
  readonly at: number;
  readonly series: string;
  readonly value: number | null;
  readonly quality: Quality;
}

export interface FaultSeen extends Fault {
  readonly at: number;
  /** How often since the process started. */
  readonly count: number;
}

export interface ConnectionStatus {
  readonly url: string;
  readonly state: "up" | "down";
  readonly since: number;
  readonly why: string;
}

export interface NodeStatus {
  readonly role: "node";
  readonly node: string;
  readonly region: string;
  readonly version: string;
  readonly pid: number;
  readonly boot: number | null;
  readonly at: number;
  /** Null when the control thread gave no answer in time. */
  readonly control: ControlStatus | null;
  readonly uplink: ConnectionStatus | null;
  readonly buffer: BufferStatus;
  readonly faults: readonly FaultSeen[];
}

export interface ControlStatus {
  readonly mode: Mode;
  readonly since: number;
  readonly reason: string;
  readonly epoch: number;
  readonly loops: readonly LoopStatus[];
  readonly inputs: readonly InputStatus[];
  readonly outputs: readonly OutputStatus[];
  readonly interlocks: readonly InterlockStatus[];
  readonly kills: readonly Kill[];
}

export interface LoopStatus extends LoopTiming {
  readonly loop: string;
  readonly kind: string;
  readonly input: string;
  readonly output: string;
  readonly setpoint: number;
  readonly authority: Authority;
  readonly period: number;
  readonly tuning: TuningStatus | null;
}

/** How a loop keeps its time; lengths in milliseconds. */
export interface LoopTiming {
  readonly class: LoopClass;
  /** Ticks at which it ran. Together with `missed` and `skipped` that is every tick there was. */
  readonly cycles: number;
  /** Ticks that found the thread busy, or the agent at rest. */
  readonly missed: number;
  /** Ticks passed over on purpose: while it is slowed down, or when an advisory loop found no time. */
  readonly skipped: number;
  /** Steps that took longer than its budget, of those it had for itself. */
  readonly overruns: number;
  /** It runs at every so many ticks: 1 unless it is slowed down. */
  readonly slowdown: number;
  readonly budget: number;
  readonly lateness: Spread;
  /** Length of the steps it ran in, which it may share with other loops of its class. */
  readonly step: Spread;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface InputStatus {
  readonly input: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly quality: Quality;
  /** Milliseconds since the device gave it; null when it never did. */
  readonly age: number | null;
}

export interface OutputStatus {
  readonly output: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly since: number;
  readonly why: string;
}

/** The last test of a loop's process. */
export interface TuningStatus {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly action: "direct" | "reverse";
  readonly unit: string | null;
  readonly outcome:
    | { readonly kind: "running"; readonly periods: number }
    /** Ultimate gain in output units per unit of the input, and period in milliseconds. */
    | {
        readonly kind: "done";
        readonly gain: number;
        readonly period: number;
        /** By Tyreus and Luyben; integral time in milliseconds. */
        readonly proposal: { readonly gain: number; readonly integralTime: number };
      }
    | {
        /** A first-order process, times in milliseconds. */
        readonly kind: "identified";
        readonly process: {
          readonly gain: number;
          readonly lag: number;
          readonly deadTime: number;
        };
        /** By SIMC. */
        readonly proposal: { readonly gain: number; readonly integralTime: number };
      }
    | { readonly kind: "aborted"; readonly why: string };
}

export interface InterlockStatus {
  readonly interlock: string;
  /** Since when it is tripped; null while it is not. */
  readonly tripped: number | null;
  /** Its condition holds right now. */
  readonly holds: boolean;
  /** When it trips if its condition goes on to hold; null where it does not, or is tripped already. */
  readonly tripsAt: number | null;
  /** The condition, as the site file has it. */
  readonly trip: string;
  readonly reset: "manual" | "by itself";
}

export interface BufferStatus {
  readonly produced: number;
  readonly buffered: number;
  readonly tombstoned: number;
  /** Measured, not yet on disk. */
  readonly pending: number;
  readonly store: "ok" | Fault;
}

/** Who set a value, strongest first. */
export const authorities = [
  "kill",
  "interlock",
  "safe-state",
  "bounds",
  "override",
  "grant",
  "default",
] as const;
export type Authority = (typeof authorities)[number];

/** Why an output is what it is: the winner, who lost to it, and what they looked at. */
export interface Explanation {
  readonly node: string;
  readonly output: string;
  readonly value: number | null;
  readonly unit: string | null;
  readonly since: number;
  readonly at: number;
  readonly mode: Mode;
  readonly modeReason: string;
  /** The sentence a technician wants. */
  readonly because: string;
  readonly winner: Claim;
  readonly losers: readonly Claim[];
  readonly inputs: readonly InputStatus[];
  /** What the device says it does; null when unknown. */
  readonly readBack: number | null;
  readonly safe: number;
  readonly limits: readonly string[];
}

export interface Claim {
  readonly authority: Authority;
  /** Of the output, or a setpoint. */
  readonly value: number | null;
  readonly unit: string | null;
  readonly what: string;
}

export interface RegionStatus {
  readonly role: "region";
  readonly region: string;
  readonly controller: string;
  readonly version: string;
  readonly pid: number;
  readonly at: number;
  readonly epoch: number;
  readonly lease: { readonly held: boolean; readonly ttl: number; readonly why: string };
  readonly broker: ConnectionStatus & { readonly embedded: boolean };
  readonly nodes: readonly RegionNodeStatus[];
  readonly grants: readonly GrantStatus[];
  readonly faults: readonly FaultSeen[];
}

export interface RegionNodeStatus {
  readonly node: string;
  readonly link: "up" | "down" | "unknown";
  readonly mode: Mode | "unknown";
  readonly reason: string;
  readonly since: number;
  readonly lastHeard: number;
  readonly delivered: number;
  readonly tombstoned: number;
  readonly duplicates: number;
}

export interface GrantStatus {
  readonly node: string;
  readonly loop: string;
  readonly value: number;
  readonly owner: string;
  readonly reason: string;
  readonly until: number;
}
