import type { Fault } from "#src/base/fault.ts";
import type { Config, NodeConfig } from "#src/contract/config.ts";
import type { Problem } from "#src/contract/config-problem.ts";
import type { ReplayReport } from "#src/contract/journal.ts";
import type { Answer, Query, TailLine } from "#src/contract/query.ts";
import type { Simulation } from "./sim/power.ts";

/**
 * What the command line may do to the world beyond its own terminal, sockets of its own and plain
 * files. The composition root grants it; a test grants what it likes.
 */
export interface Powers {
  readonly version: string;
  /** The command that starts this program: ["/usr/bin/holdfast"], or [node, main.ts]. */
  readonly self: readonly string[];
  readonly env: Env;
  /** Who asks, for the record of what was set. */
  readonly user: string;
  readonly out: Sink;
  readonly err: Sink;
  /** Milliseconds since 1970 UTC. */
  now(): number;

  readConfig(path: string, options: { readonly env: Env }): ConfigRead | Promise<ConfigRead>;
  /** Runs until it is told to stop; the exit code of the process. */
  runRole(config: Config, options: RunOptions): Promise<number>;
  /** Serves the simulated devices of these nodes until it is told to stop. */
  runDevices(configs: readonly NodeConfig[]): Promise<number>;
  /** Loads the simulator. */
  simulation(): Promise<Simulation>;

  /** Runs the journal in this file again; an answer or why there is none. */
  replay(path: string): Promise<ReplayReport | Fault>;

  /** Folder of the local sockets of this user; made when it is not there. */
  runtimeFolder(env: Env): string;
  /** Where an instance's socket is in that folder. */
  socketPath(folder: string, role: "node" | "region", id: string): string;
  /** Folder of the databases of the process with this id, where its config names none. */
  dataFolder(env: Env, id: string): string;
  /** The instances on this machine whose sockets answer. */
  listLocal(folder: string): Promise<readonly LocalInstance[]>;
  /** Never rejects for silence: that is an answer with a fault. */
  askLocal(path: string, query: Query, options: { readonly timeout: number }): Promise<Answer>;
  /** `onEnd` says why no more lines come, unless it was closed from here. */
  tailLocal(
    path: string,
    onLine: (line: TailLine) => void,
    onEnd: (met: Fault) => void,
  ): { close(): void };

  auditNode(of: AuditPlace): Audit | Promise<Audit>;
  /** `series` may be a LIKE pattern. In order of time, every point once. */
  seriesOf(of: AuditPlace & { readonly series: string }): Series | Promise<Series>;

  /** Writes and reads a scratch database in an existing folder, and leaves nothing behind. */
  probeStore(folder: string): Promise<Probe>;
  /** Publishes to itself through the broker once. */
  probeBroker(url: string): Promise<Probe>;
}

export type Env = Readonly<Record<string, string | undefined>>;

export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on?(event: "error", listener: (error: Error) => void): unknown;
}

export type ConfigRead =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface RunOptions {
  readonly env: Env;
}

export interface LocalInstance {
  readonly role: string;
  readonly id: string;
  readonly path: string;
}

export interface AuditPlace {
  /** Folder of the node's databases. */
  readonly nodeData: string;
  /** The region's database file. */
  readonly regionDb: string;
  readonly node: string;
}

/** Counted by keys, not by subtraction. */
export interface Audit {
  readonly produced: number;
  readonly delivered: number;
  readonly buffered: number;
  readonly tombstoned: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly duplicatesDropped: number;
}

export type Series = readonly { readonly at: number; readonly value: number | null }[];

export type Probe =
  | { readonly ok: true; readonly evidence: string }
  | { readonly ok: false; readonly why: string };
