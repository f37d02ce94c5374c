import { z } from "zod";
import { readExact, writeExact } from "./exact.ts";

/**
 * A journal on disk: what an agent was given, and what it made of it. JSON lines in the exact encoding
 * of `exact.ts`: a header, then what happened in its order, then an end that counts it.
 *
 * JF1  A journal stands for itself: plan and first state are in it, so that it is replayed without the
 *      site's file or its databases.
 * JF2  A file that was cut off, or changed in its form, is refused with its line.
 */
export const journalVersion = 2;

export const journalAgents = ["control", "link"] as const;
export type JournalAgent = (typeof journalAgents)[number];

export interface JournalHeader {
  readonly v: number;
  readonly kind: "holdfast-journal";
  readonly agent: JournalAgent;
  readonly node: string;
  /** Of the program that recorded it. */
  readonly version: string;
  /** Milliseconds since 1970 UTC, and at the same moment on the node's monotonic clock. */
  readonly written: number;
  readonly now: number;
  /** Why it was written. */
  readonly why: string;
  readonly plan: unknown;
}

/** One step of an agent. Times are milliseconds on the node's monotonic clock. */
export interface JournalStep {
  readonly at: number;
  readonly given:
    | { readonly start: true; readonly memory: unknown }
    | { readonly start: false; readonly input: unknown };
  /** Undefined when the step threw. */
  readonly effects: readonly unknown[] | undefined;
  /** What the step threw, or what carrying out its effects met: then the agent starts anew. */
  readonly failed: string | undefined;
}

/** What follows the header. A state is the one in which the agent is at that place. */
export type JournalLine =
  | { readonly line: "state"; readonly state: unknown }
  | { readonly line: "step"; readonly step: JournalStep }
  | { readonly line: "end"; readonly steps: number };

export const journalLine = (line: JournalHeader | JournalLine): string => `${writeExact(line)}\n`;

/** Says why it is none. */
export type Misread = { readonly why: string };

const Header = z.object({
  v: z.literal(journalVersion),
  kind: z.literal("holdfast-journal"),
  agent: z.enum(journalAgents),
  node: z.string(),
  version: z.string(),
  written: z.number(),
  now: z.number(),
  why: z.string(),
  plan: z.unknown(),
});

const failed = z.string().optional();
const effects = z.array(z.object({ kind: z.string() }).loose()).optional();
const Line = z.discriminatedUnion("line", [
  z.object({ line: z.literal("state"), state: z.unknown() }),
  z.object({
    line: z.literal("step"),
    step: z.object({
      at: z.number(),
      given: z.discriminatedUnion("start", [
        z.object({ start: z.literal(true), memory: z.unknown() }),
        z.object({ start: z.literal(false), input: z.object({ kind: z.string() }).loose() }),
      ]),
      effects,
      failed,
    }),
  }),
  z.object({ line: z.literal("end"), steps: z.int().min(0) }),
]);

export function readHeader(text: string): JournalHeader | Misread {
  const said = parsed(text);
  if ("why" in said) return said;
  const { value } = said;
  if (typeof value !== "object" || value === null || !("kind" in value) || !("v" in value)) {
    return { why: "it does not begin as a journal of holdfast does" };
  }
  if (value.kind === "holdfast-journal" && value.v !== journalVersion) {
    return {
      why: `it is a journal of version ${String(value.v)}, and this program reads version ${journalVersion}`,
    };
  }
  const read = Header.safeParse(value);
  return read.success ? (value as JournalHeader) : misfit(read.error);
}

export function readLine(text: string): JournalLine | Misread {
  const said = parsed(text);
  if ("why" in said) return said;
  const read = Line.safeParse(said.value);
  // What was checked is handed on as it was written: a check may put keys away.
  return read.success ? (said.value as JournalLine) : misfit(read.error);
}

function parsed(text: string): { readonly value: unknown } | Misread {
  try {
    return { value: readExact(text) };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

function misfit(error: z.ZodError): Misread {
  const issue = error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { why: `${at}${issue?.message ?? "it does not fit"}`.slice(0, 200) };
}

/** What a running node answers when it was asked for its journal. */
export interface JournalKept {
  /** Where the node wrote it. */
  readonly path: string;
  readonly steps: number;
}

/** What running a journal again gave. Moments are milliseconds since 1970 UTC. */
export interface ReplayReport {
  readonly agent: JournalAgent;
  readonly node: string;
  readonly recordedBy: string;
  readonly written: number;
  readonly why: string;
  readonly steps: number;
  /** How often the agent began anew in it. */
  readonly restarts: number;
  /** Of the first step and of the last; null when there is none. */
  readonly from: number | null;
  readonly to: number | null;
  readonly verdict: "identical" | "different";
  readonly difference: ReplayDifference | null;
}

export interface ReplayDifference {
  /** Counted from 1. */
  readonly step: number;
  /** In the file. */
  readonly line: number;
  readonly at: number;
  /** Kind of the input, or "start". */
  readonly given: string;
  readonly path: string;
  /** In the words of the exact encoding. */
  readonly recorded: string;
  readonly replayed: string;
}
