import { expect, test } from "vitest";
import { type Fault, fault } from "#src/base/fault.ts";
import type { Answer } from "#src/contract/query.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { NodeQueries } from "#src/runtime/query-node.ts";
import type { ToControl } from "#src/runtime/threads.ts";
import { HandClock } from "../hand-clock.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What a kill is answered while the disk refuses, or takes, what it must remember. */
function killed(unwritten: Fault | undefined): Answer | undefined {
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
  let said: Answer | undefined;
  const reply = { answer: (answer: Answer) => (said = answer) };
  queries.handle({ v: 1, verb: "kill", owner: "ada", reason: "belt torn" }, reply as never);
  const [order] = told;
  const id = order?.kind === "input" && order.input.kind === "kill" ? order.input.id : "";
  queries.hear({ kind: "reply", id, refused: undefined });
  return said;
}

test("KM2: the answer to a kill says whether the disk knows of it", () => {
  const full = fault("STORE_FULL", { path: "state.db" });
  expect(killed(full)).toMatchObject({ ok: true, body: { by: "node", unwritten: full } });
  expect(killed(undefined)).toMatchObject({ ok: true, body: { unwritten: null } });
});
