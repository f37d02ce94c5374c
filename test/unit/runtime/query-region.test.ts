import { expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import type { Answer, Query } from "#src/contract/query.ts";
import type { NoAnswer } from "#src/runtime/pending.ts";
import { RegionQueries } from "#src/runtime/query-region.ts";
import { HandClock } from "../hand-clock.ts";

/** What a region answers when a `set` ends without a word of its node. */
function answered(query: Query, end: NoAnswer = "silent"): Answer | undefined {
  const queries = new RegionQueries({
    clock: new HandClock(),
    shell: () => ({ set: (_: unknown, done: (outcome: NoAnswer) => void) => done(end) }) as never,
    report: () => {
      throw new Error("nobody asked for the status");
    },
  });
  let said: Answer | undefined;
  queries.handle(query, { answer: (answer: Answer) => (said = answer) } as never);
  return said;
}

const person = { owner: "ada", reason: "delivery" };

test("a set that too many others wait before says so, and does not blame the node", () => {
  const set = { v: 1, verb: "set", node: "n1", loop: "cooling", value: 3, for: 60_000 } as const;
  const code = (end: NoAnswer) => answered({ ...set, ...person }, end);
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
