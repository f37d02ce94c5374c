import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { until } from "./until.ts";

export const root = join(import.meta.dirname, "../..");
const entry = join(root, "src", "main.ts");

/** What starts holdfast: the single binary that HOLDFAST_PROGRAM names, else the sources. */
export function holdfast(nodeFlags: readonly string[] = []): readonly string[] {
  const binary = process.env["HOLDFAST_PROGRAM"];
  return binary === undefined ? [process.execPath, ...nodeFlags, entry] : [resolve(root, binary)];
}

/** One program with its log, in a process of its own that does not outlive the test. */
export interface Program {
  readonly pid: number;
  readonly command: readonly string[];
  /** Undefined while it runs. */
  readonly ending: Ending | undefined;
  /** Its log, standard output and error together. */
  said(): string;
  /** The log's lines that are JSON. */
  events(): readonly LogLine[];
  write(text: string): void;
  /** Resolves when it has ended; rejects when it does not within the time. */
  kill(signal: NodeJS.Signals, within?: number): Promise<Ending>;
  ended(within: number): Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LogLine {
  readonly event?: string;
  readonly time?: unknown;
  readonly [key: string]: unknown;
}

export interface ProgramPlan {
  readonly command: readonly string[];
  readonly log: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Holdfast's own children go when their standard input closes, in whatever way we end. */
export function startProgram({ command, log, env }: ProgramPlan): Program {
  const file = openSync(log, "a", 0o600);
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["pipe", file, file],
    env: { PATH: process.env["PATH"] ?? "", HOLDFAST_PARENT_PIPE: "1", ...env },
  });
  closeSync(file);
  // What it did not read before it ended.
  child.stdin?.on("error", () => undefined);
  let failed: Error | undefined;
  child.on("error", (error) => {
    failed = error;
  });
  const ended = async (within: number): Promise<Ending> => {
    const look = (): Ending | undefined => {
      if (failed !== undefined) throw failed;
      return endingOf(child);
    };
    return until(`${command.join(" ")} ends`, look, { within, every: 20 });
  };
  const said = (): string => readFileSync(log, "utf8");
  return {
    get pid() {
      if (child.pid === undefined) throw failed ?? new Error(`${program} was not started`);
      return child.pid;
    },
    command,
    get ending() {
      return endingOf(child);
    },
    said,
    events: () => said().split("\n").flatMap(readLine),
    write: (text) => void child.stdin?.write(text),
    kill(signal, within = 10_000) {
      child.kill(signal);
      return ended(within);
    },
    ended,
  };
}

const endingOf = ({ exitCode, signalCode }: ChildProcess): Ending | undefined =>
  exitCode === null && signalCode === null ? undefined : { code: exitCode, signal: signalCode };

function readLine(line: string): LogLine[] {
  if (!line.startsWith("{")) return [];
  try {
    return [JSON.parse(line) as LogLine];
  } catch {
    // A line that SIGKILL cut.
    return [];
  }
}
