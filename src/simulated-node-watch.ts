import type { NodeConfig } from "#src/contract/config.ts";
import type { Mode } from "#src/contract/messages.ts";
import { modbusSaid } from "#src/contract/places.ts";
import type { Explanation } from "#src/contract/query.ts";
import type { NodeRecord } from "#src/contract/region-records.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import type { ControlInput, ControlRow } from "#src/core/control-io.ts";
import type { BusEvents } from "#src/ports/bus.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";
import type { NodeState, StateStore } from "#src/ports/state-store.ts";
import { ack, type Frame, type ToControl, type ToLink } from "#src/runtime/threads.ts";
import type { AccountWitness } from "#src/sim/check-account.ts";
import { type AuthorityDisk, AuthorityWitness, type LoopRule } from "#src/sim/check-authority.ts";
import { type LatchDisk, LatchWitness, type Order } from "#src/sim/check-latches.ts";
import { type Asked, ReasonWitness } from "#src/sim/check-reasons.ts";
import { RecordWitness } from "#src/sim/check-record.ts";
import { type OutputRule, RegisterWitness } from "#src/sim/check-registers.ts";
import type { PersonAsked } from "#src/sim/check-setpoints.ts";
import type { Findings } from "#src/sim/findings.ts";
import type { PlantField } from "#src/sim/plant-field.ts";
import type { PlantLayout } from "#src/sim/plant-layout.ts";
import type { SimProcess } from "#src/sim/sim-process.ts";
import { type StateWitnesses, WatchedMetricStore, WatchedStateStore } from "./watched-stores.ts";

/** Who wants to know, besides the witnesses. */
export interface Onlookers {
  readonly onStory: ((line: StoryLine) => void) | undefined;
  /** Each record of a node, for a plot. */
  readonly onRecord: ((node: string, row: ControlRow, mode: Mode) => void) | undefined;
}

export interface WatchedNode {
  readonly config: NodeConfig;
  readonly region: string;
  readonly node: string;
  readonly fields: ReadonlyMap<string, PlantField>;
  readonly layouts: ReadonlyMap<string, PlantLayout>;
  readonly loops: readonly LoopRule[];
  readonly outputs: readonly OutputRule[];
}

/** Records between the control thread and the disk, when all goes well. */
const onTheWay = 6;

const isOrder = (input: ControlInput): input is ControlInput & Order =>
  input.kind === "kill" ||
  input.kind === "revive" ||
  input.kind === "force" ||
  input.kind === "reset";

/** The witnesses of one machine. */
export class NodeWatch implements Asked, StateWitnesses {
  readonly account: AccountWitness;
  readonly authority: AuthorityWitness;
  readonly latches: LatchWitness;
  readonly disk: AuthorityDisk;
  readonly latchDisk: LatchDisk;
  readonly node: string;
  readonly who: string;
  readonly #findings: Findings;
  readonly #onlookers: Onlookers;
  readonly #record: RecordWitness;
  readonly #reasons: ReasonWitness;
  #process: SimProcess | undefined;
  #mode: Mode | undefined;
  #pointsOfRecord = 0;
  /** Puts a question to the control thread that runs. */
  #ask: ((frame: Frame<ToControl>) => void) | undefined;
  #isAsking = false;
  #told: Explanation | undefined;

  constructor(
    { config, region, node, fields, layouts, loops, outputs }: WatchedNode,
    account: AccountWitness,
    disk: AuthorityDisk,
    latchDisk: LatchDisk,
    findings: Findings,
    onlookers: Onlookers,
  ) {
    const who = `${region}/${node}`;
    const authority = new AuthorityWitness(config, loops, disk, findings, who);
    const registers = [...fields].map(([device, field]) => {
      const layout = layouts.get(device) as PlantLayout;
      const poll = modbusSaid(config.devices[device]).poll;
      return new RegisterWitness(field, layout, outputs, poll, findings, who);
    });
    const latches = new LatchWitness(config, outputs, latchDisk, findings, who);
    const shared = { config, authority, latches, findings, who };
    this.node = node;
    this.who = who;
    this.account = account;
    this.disk = disk;
    this.latchDisk = latchDisk;
    this.#findings = findings;
    this.#onlookers = onlookers;
    this.authority = authority;
    this.latches = latches;
    this.#record = new RecordWitness({ ...shared, fields, outputs, loops });
    this.#reasons = new ReasonWitness({ ...shared, rules: outputs, registers });
  }

  started(process: SimProcess): void {
    if (this.#process !== undefined) this.#findings.marks.reach("a node began again");
    this.#process = process;
    this.#mode = undefined;
    this.account.started();
    this.authority.started();
    this.latches.started();
    this.#record.started(process);
    this.#reasons.started();
  }

  /** What a program reads of its disk, open or not. */
  reads(kept: NodeState, isOpen: boolean): NodeState {
    this.authority.reads(kept.epoch);
    if (!isOpen) this.authority.keepsAlone(false);
    this.latches.reads(kept.safety, isOpen);
    return kept;
  }

  state(store: StateStore): StateStore {
    return new WatchedStateStore(store, this);
  }

  metrics(store: MetricStore): MetricStore {
    return new WatchedMetricStore(store, this.account);
  }

  bus(events: BusEvents): BusEvents {
    return {
      ...events,
      message: (message) => {
        this.authority.hears(message);
        events.message(message);
      },
    };
  }

  /** On its way to the control thread. */
  toControl(frame: Frame<ToControl>): void {
    if ("ack" in frame || frame.message.kind !== "input") return;
    const { input } = frame.message;
    if (input.kind === "lease") this.authority.obeys(input.controller, input.epoch);
    else if (input.kind === "grant") this.authority.granted(input.grant.id);
    else if (isOrder(input)) this.latches.orders(input);
  }

  /**
   * On its way from the control thread, to which `ask` puts a question; false when the frame was an
   * answer to it and goes no further.
   */
  fromControl(frame: Frame<ToLink>, ask: (frame: Frame<ToControl>) => void): boolean {
    if ("ack" in frame) return !this.#isAsking;
    const { message } = frame;
    this.#ask = ask;
    if (this.#isAsking) {
      if (message.kind === "told" && message.told.kind === "why") {
        this.#told = message.told.explanation;
      }
      return false;
    }
    if (message.kind === "row") this.#recorded(message);
    else if (message.kind === "mode") this.#tells(message.mode.mode, message.mode.reason);
    else if (message.kind === "reply") {
      this.latches.replied(message.id, message.refused !== undefined);
    }
    return true;
  }

  /** The region promised a person that a loop follows the setpoint; or nobody knows whether it did. */
  promise({ loop, value, until }: PersonAsked, isTaken: boolean): void {
    this.authority.promised(loop, isTaken ? { value, until } : undefined);
  }

  checkReturn(promised: ReadonlyMap<number, number>, known: NodeRecord | undefined): void {
    if (this.account.isCloned) return;
    this.#record.check();
    this.account.check(promised);
    this.account.settle(onTheWay * this.#pointsOfRecord);
    if (this.#process?.alive !== true) this.#break("it does not run");
    else if (this.#mode !== "connected") this.#break(`it is ${this.#mode}, not connected`);
    else if (known?.link !== "up") this.#break(`its region takes it for ${known?.link}`);
    else if (known.mode !== "connected") this.#break(`its region takes it for ${known.mode}`);
  }

  #recorded({ row, shed }: Extract<ToLink, { kind: "row" }>): void {
    this.#pointsOfRecord = row.values.length;
    this.account.makes(this.#pointsOfRecord + shed);
    this.#mode = this.#record.takes(row);
    this.#onlookers.onRecord?.(this.who, row, this.#mode);
    this.#reasons.ask(this, this.#process?.wall() ?? 0);
  }

  /** Its answer to a question of the witness's own. */
  why(output: string): Explanation | undefined {
    const ask = this.#ask;
    if (ask === undefined) return undefined;
    this.#isAsking = true;
    ask({ message: { kind: "ask", id: "witness", about: { kind: "why", output } } });
    // The witness plays the link thread, which says that it took the answer.
    ask(ack);
    this.#isAsking = false;
    const told = this.#told;
    this.#told = undefined;
    return told;
  }

  #tells(mode: Mode, reason: string): void {
    const { marks } = this.#findings;
    // It may be over before the next record.
    if (mode === "connected") this.authority.says(mode);
    if (mode === this.#mode) return;
    marks.reach(mode);
    const wasAlone = this.#mode === "autonomous" || this.#mode === "safe";
    if (mode === "connected" && wasAlone) marks.reach("connected again");
    const what = `${mode}: ${reason}`;
    this.#onlookers.onStory?.({ at: this.#findings.world.now, kind: "mode", who: this.who, what });
  }

  #break(what: string): void {
    this.#findings.report("live", this.who, what);
  }
}
