import { link } from "#agents/node/link.ts";
import type { LinkPlan } from "#agents/node/link-messages.ts";
import type { LinkState } from "#agents/node/link-state.ts";
import { invariant } from "#src/base/assert.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import { millis } from "#src/base/units.ts";
import type { Tombstone } from "#src/contract/messages.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { endOf, inRows, type Place, type Sample, samplesIn } from "#src/contract/samples.ts";
import type { Message } from "#src/contract/topics.ts";
import { blankMemory, type ControlMemory } from "#src/core/control-io.ts";
import type { LinkInput } from "#src/core/link-io.ts";
import type { Bus, BusEvents, Session } from "#src/ports/bus.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { NodeShell } from "#src/runtime/node-shell.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import { numbered as samplesWithNumbers } from "../../contract/metric-store-bench.ts";
import { HandClock } from "../hand-clock.ts";

const plan: LinkPlan = {
  region: "north",
  node: "room-1",
  version: "1",
  hasUplink: true,
  maxPoints: 10_000,
  sendEvery: millis(0),
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A node's link thread with a broker and a disk that a test can take away, and a defect to plant. */
export function shelled(
  given: { readonly stateOpens?: boolean; readonly memory?: ControlMemory } = {},
) {
  const clock = new HandClock();
  const board = new FaultBoard(clock, silent);
  const toControl: Frame<ToControl>[] = [];
  const published: Message[] = [];
  const sessions: Session[] = [];
  let rows: Sample[] = [];
  let numbered = 0;
  const gone = { forgotten: 0, upTo: 0, evicted: 0 };
  const kept = {
    hasRun: false,
    epoch: 0,
    controller: "",
    isolatedFor: millis(0),
    safety: nothingLatched as SafetyMemory,
    boots: 0,
  };
  const disk = { works: true, stateOpens: given.stateOpens ?? true, countable: true, takes: 0 };
  const tombstones: Tombstone[] = [];
  /** Inputs of this kind meet a defect of the agent, once. */
  const defect: { at: LinkInput["kind"] | undefined } = { at: undefined };
  const agent: typeof link = {
    ...link,
    step(given, state, input, now) {
      if (input.kind !== defect.at) return link.step(given, state, input, now);
      defect.at = undefined;
      throw new Error("a defect");
    },
  };
  let events: BusEvents | undefined;
  const need = (): void => {
    if (!disk.works) throw new FaultError(fault("STORE_FULL", { path: "metrics.db" }));
  };
  const metrics: MetricStore = {
    append(intake) {
      need();
      clock.block(disk.takes);
      const { from, shed } = intake;
      invariant(from === numbered + 1, "numbers are dense, and given out once");
      rows.push(...samplesWithNumbers(intake));
      if (shed > 0) tombstones.push({ from, to: from + shed - 1, reason: "shed", count: shed });
      numbered = endOf(intake);
    },
    load(after: Place | undefined, limit) {
      const found = rows.filter((row) => row.seq > (after?.seq ?? 0)).slice(0, limit);
      const [first] = found;
      return (
        first && {
          boot: 1,
          base: rows[0]?.seq ?? 1,
          from: first.seq,
          to: found.at(-1)?.seq ?? 0,
          rows: inRows(found),
          tombstones: [],
        }
      );
    },
    forget(_, upTo) {
      need();
      const { length } = rows;
      rows = rows.filter((row) => row.seq > upTo);
      gone.forgotten += length - rows.length;
      gone.upTo = Math.max(gone.upTo, upTo);
    },
    evict(count) {
      need();
      const { length } = rows.splice(0, count);
      gone.evicted += length;
      return length;
    },
    buffered() {
      if (!disk.countable) throw new FaultError(fault("STORE_FULL", { path: "metrics.db" }));
      return rows.length;
    },
    ledger: () => [{ boot: 1, produced: 0, base: 1, buffered: rows.length, tombstoned: 0 }],
    close() {},
  };
  const state: StateStore = {
    begin() {
      need();
      kept.boots += 1;
      return kept.boots;
    },
    read: () => kept,
    keepEpoch(epoch, controller) {
      need();
      if (epoch > kept.epoch) Object.assign(kept, { epoch, controller });
    },
    keepIsolation(isolatedFor) {
      need();
      kept.isolatedFor = isolatedFor;
    },
    keepSafety(safety) {
      need();
      kept.safety = safety;
    },
    close() {},
  };
  const bus: Bus = {
    open: (session) => sessions.push(session),
    publish: (message) => published.push(message) > 0,
    close: () => Promise.resolve(),
  };
  const shell = new NodeShell<LinkPlan, LinkState>({
    agent,
    plan,
    seed: 1,
    series: ["in/air", "mode"],
    url: "mqtt://broker",
    subscriptions: ["a"],
    clock,
    board,
    state: disk.stateOpens ? state : undefined,
    memory: given.memory ?? { ...blankMemory, computer: "a" },
    openState: () => {
      if (!disk.stateOpens) throw new FaultError(fault("STORE_READONLY", { path: "state.db" }));
      return state;
    },
    openMetrics: () => {
      need();
      return metrics;
    },
    openBus: (given) => {
      events = given;
      return bus;
    },
    pendingOf: ({ inbox }) => samplesIn(inbox.pending),
    postControl: (frame) => toControl.push(frame),
    onControl: () => {},
  });
  const say = (message: ToLink): void => shell.receive({ message });
  /** One row with the same value so many times. */
  const measure = (value: number, count = 1, shed = 0): void => {
    const values = new Array<number>(count).fill(value);
    const qualities = values.map(() => "good" as const);
    say({ kind: "row", row: { at: clock.now(), values, qualities }, shed });
  };
  return {
    clock,
    board,
    toControl,
    published,
    sessions,
    disk,
    defect,
    tombstones,
    kept,
    shell,
    say,
    measure,
    rows: () => rows,
    numbered: () => numbered,
    gone,
    events: () => events as BusEvents,
  };
}
