import { expect, test } from "vitest";
import { type Fault, FaultError, fault } from "#src/base/fault.ts";
import type { Answer, Query, RegionStatus } from "#src/contract/query.ts";
import type { NoAnswer } from "#src/runtime/pending.ts";
import { RegionQueries } from "#src/runtime/query-region.ts";
import { HandClock } from "../hand-clock.ts";

interface Given {
  /** How a `set` ends without a word of its node. */
  readonly end?: NoAnswer;
  readonly report?: () => RegionStatus | Fault;
}

function answered(query: Query, { end = "silent", report = unasked }: Given = {}) {
  const queries = new RegionQueries({
    clock: new HandClock(),
    shell: () => ({ set: (_: unknown, done: (outcome: NoAnswer) => void) => done(end) }) as never,
    report,
  });
  let said: Answer | undefined;
  queries.handle(query, { answer: (answer: Answer) => (said = answer) } as never);
  return said;
}

function unasked(): never {
  throw new Error("nobody asked for the status");
}

const person = { owner: "ada", reason: "delivery" };

test("a set that too many others wait before says so, and does not blame the node", () => {
  const set = { v: 1, verb: "set", node: "n1", loop: "cooling", value: 3, for: 60_000 } as const;
  const code = (end: NoAnswer) => answered({ ...set, ...person }, { end });
  expect(code("crowded")).toMatchObject({ ok: false, fault: { code: "QUESTIONS_CROWDED" } });
  expect(code("silent")).toMatchObject({ ok: false, fault: { code: "NODE_SILENT" } });
});

test.each<[string, Query]>([
  ["why", { v: 1, verb: "why", output: "fan" }],
  ["kill", { v: 1, verb: "kill", ...person }],
  ["journal", { v: 1, verb: "journal", agent: "link" }],
  ["tune", { v: 1, verb: "tune-stop", loop: "cooling" }],
])("a region that is asked what only a node does says so: %s", (verb, query) => {
  expect(answered(query)).toEqual({ v: 1, ok: false, fault: fault("NOT_HERE", { verb }) });
});

test("a region whose agent rests, or whose database does not read, says so to whoever asks", () => {
  const status = { v: 1, verb: "status" } as const;
  const rests = fault("AGENT_RESTS", { agent: "region" });
  expect(answered(status, { report: () => rests })).toEqual({ v: 1, ok: false, fault: rests });
  const failed = fault("STORE_FAILED", { path: "region.db", why: "EIO" });
  const report = () => {
    throw new FaultError(failed);
  };
  expect(answered(status, { report })).toEqual({ v: 1, ok: false, fault: failed });
  const body = { role: "region", region: "north" } as RegionStatus;
  expect(answered(status, { report: () => body })).toEqual({ v: 1, ok: true, body });
});
