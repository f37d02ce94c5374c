import { expect, test } from "vitest";
import { type Fault, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import type { Answer, Query } from "#src/contract/query.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { NodeQueries } from "#src/runtime/query-node.ts";
import type { ToControl } from "#src/runtime/threads.ts";
import { HandClock } from "../hand-clock.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const kill = { v: 1, verb: "kill", owner: "ada", reason: "belt torn" } as const;

/** A node whose control thread says what the test makes it say, and else nothing. */
function asked(unwritten?: Fault) {
  const clock = new HandClock();
  const told: ToControl[] = [];
  const queries = new NodeQueries({
    node: "n1",
    region: "north",
    version: "1",
    pid: 1,
    outputs: ["fan"],
    series: [],
    clock,
    board: new FaultBoard(clock, silent),
    shell: () => ({ unwritten, tellControl: (message: ToControl) => told.push(message) }) as never,
    journal: undefined as never,
  });
  const answers: Answer[] = [];
  const reply = { answer: (answer: Answer) => answers.push(answer) };
  const ask = (query: Query): void => queries.handle(query, reply as never);
  return { clock, told, queries, answers, ask };
}

/** What a kill is answered while the disk refuses, or takes, what it must remember. */
function killed(unwritten: Fault | undefined): Answer | undefined {
  const { told, queries, answers, ask } = asked(unwritten);
  ask(kill);
  const [order] = told;
  const id = order?.kind === "input" && order.input.kind === "kill" ? order.input.id : "";
  queries.hear({ kind: "reply", id, refused: undefined });
  return answers[0];
}

test("KM2: the answer to a kill says whether the disk knows of it", () => {
  const full = fault("STORE_FULL", { path: "state.db" });
  expect(killed(full)).toMatchObject({ ok: true, body: { by: "node", unwritten: full } });
  expect(killed(undefined)).toMatchObject({ ok: true, body: { unwritten: null } });
});

test.each<[string, Query, number]>([
  ["kill", kill, limits.controlPatience],
  ["question why", { v: 1, verb: "why", output: "fan" }, limits.controlPatience],
  ["journal", { v: 1, verb: "journal", agent: "control" }, limits.controlPatienceForDisk],
])(
  "a %s that the control thread leaves without an answer may still be done",
  (_, query, within) => {
    const { clock, answers, ask } = asked();
    ask(query);
    clock.pass(within - 1);
    expect(answers).toEqual([]);
    clock.pass(1);
    const silence = fault("CONTROL_SILENT", { seconds: within / 1_000 });
    expect(answers).toEqual([{ v: 1, ok: false, fault: silence }]);
    expect(silence.then).toBe("unsure");
  },
);

test.each<[string, Query]>([
  ["kill", kill],
  ["status", { v: 1, verb: "status" }],
  ["question why", { v: 1, verb: "why", output: "fan" }],
])("a %s behind too many others is not asked, and says so", (_, query) => {
  const { told, answers, ask } = asked();
  for (let i = 0; i <= limits.pendingQuestions; i += 1) ask(query);
  expect(told).toHaveLength(limits.pendingQuestions);
  expect(answers).toMatchObject([{ ok: false, fault: { code: "QUESTIONS_CROWDED" } }]);
});
