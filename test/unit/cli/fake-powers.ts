import { type Fault, fault } from "#src/base/fault.ts";
import type { LocalInstance, Powers, Sink } from "#src/cli/powers.ts";
import { runCli } from "#src/cli/program.ts";
import type { Answer, Query, TailLine } from "#src/contract/query.ts";
import { now } from "./scene.ts";

/** One instance that answers on this machine. */
export interface Answering {
  readonly role: "node" | "region";
  readonly id: string;
  readonly answer: (query: Query) => unknown | Fault;
  readonly lines?: readonly TailLine[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What was asked of whom, but for status. */
  readonly asked: readonly { readonly of: string; readonly query: Query }[];
}

/** Runs a command line against a machine on which these instances answer. */
export async function cli(
  line: readonly string[],
  instances: readonly Answering[] = [],
  more: Partial<Powers> = {},
): Promise<Ran> {
  const out = sink();
  const err = sink();
  const asked: { of: string; query: Query }[] = [];
  const found = (path: string): Answering | undefined =>
    instances.find(({ role, id }) => `${role}-${id}` === path);
  const powers: Powers = {
    version: "1.2.3",
    self: ["holdfast"],
    env: { HOME: "/home/ada" },
    user: "ada",
    out,
    err,
    now: () => now,
    readConfig: never,
    runRole: never,
    runDevices: never,
    simulation: never,
    replay: never,
    runtimeFolder: () => "/run/holdfast",
    socketPath: (folder, role, id) => `${folder}/${role}-${id}.sock`,
    dataFolder: (_, id) => `/data/${id}`,
    listLocal: async () =>
      instances.map(({ role, id }): LocalInstance => ({ role, id, path: `${role}-${id}` })),
    async askLocal(path, query): Promise<Answer> {
      if (query.verb !== "status") asked.push({ of: path, query });
      const body = found(path)?.answer(query);
      return isFault(body) ? { v: 1, ok: false, fault: body } : { v: 1, ok: true, body };
    },
    tailLocal(path, onLine, onEnd) {
      for (const said of found(path)?.lines ?? []) queueMicrotask(() => onLine(said));
      queueMicrotask(() => onEnd(silent(path)));
      return { close: () => undefined };
    },
    auditNode: never,
    seriesOf: never,
    probeStore: never,
    probeBroker: never,
    ...more,
  };
  const code = await runCli(line, powers);
  return { code, out: out.text(), err: err.text(), asked };
}

export const silent = (node: string): Fault => fault("NODE_SILENT", { node });

function sink(): Sink & { text(): string } {
  const written: string[] = [];
  return { write: (text) => written.push(text), text: () => written.join("") };
}

const isFault = (body: unknown): body is Fault =>
  typeof body === "object" && body !== null && "remedy" in body;

function never(): never {
  throw new Error("this power is not granted in this test");
}
