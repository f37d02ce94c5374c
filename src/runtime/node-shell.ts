import { unreachable } from "#src/base/assert.ts";
import { type Fault, FaultError, fault } from "#src/base/fault.ts";
import { elapsed, type Instant, type WallTime, wallTime } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { BufferStatus, ConnectionStatus } from "#src/contract/query.ts";
import { endOf, type Row } from "#src/contract/samples.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Agent } from "#src/core/agent.ts";
import type { ControlInput, ControlMemory, ControlRow } from "#src/core/control-io.ts";
import type { LinkEffect, LinkInput, LinkMemory } from "#src/core/link-io.ts";
import type { Bus, BusEvents, Session } from "#src/ports/bus.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { MetricStore } from "#src/ports/metric-store.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import { KeptMemory } from "./control-memory.ts";
import { CreditSender } from "./credit-sender.ts";
import type { FaultBoard } from "./fault-board.ts";
import { Host } from "./host.ts";
import type { Journal } from "./journal.ts";
import { SampleAccount } from "./sample-account.ts";
import { ack, type Frame, type ToControl, type ToLink } from "./threads.ts";

/**
 * The link thread's shell: between the control thread, the disk and the broker. It carries out what
 * the link agent decides, and hands people's questions to the control thread.
 */
export interface NodeShellParts<Plan, State> {
  readonly agent: Agent<Plan, LinkMemory, State, LinkInput, LinkEffect>;
  readonly plan: Plan;
  readonly seed: number;
  /** Names of the series, in the order of the control plan. */
  readonly series: readonly string[];
  readonly url: string | undefined;
  readonly subscriptions: readonly string[];
  readonly clock: Clock;
  readonly board: FaultBoard;
  /** Undefined when the first opening failed; `openState` is tried again then. */
  readonly state: StateStore | undefined;
  readonly openState: () => StateStore;
  /** Of earlier runs, as far as it is known. */
  readonly memory: ControlMemory;
  readonly openMetrics: () => MetricStore;
  readonly openBus: ((events: BusEvents) => Bus) | undefined;
  /** How many samples the agent holds that are not on disk yet. */
  readonly pendingOf: (state: State) => number;
  readonly postControl: (frame: Frame<ToControl>) => void;
  /** All other messages of the control thread, after the shell has dealt with them. */
  readonly onControl: (message: ToLink) => void;
  readonly journal?: Journal<Plan> | undefined;
}

/** What the stores are asked to do. */
type DiskEffect = Extract<
  LinkEffect,
  { kind: "openStore" | "append" | "load" | "forget" | "evict" | "keepEpoch" }
>;

export class NodeShell<Plan, State> {
  readonly #parts: NodeShellParts<Plan, State>;
  readonly #host: Host<Plan, LinkMemory, State, LinkInput, LinkEffect>;
  readonly #bus: Bus | undefined;
  readonly #account = new SampleAccount((input) => this.#host.offer(input));
  readonly #kept: KeptMemory;
  #toControl: CreditSender<ToControl>;
  #state: StateStore | undefined;
  #metrics: MetricStore | undefined;
  #boot: number | undefined;
  #mode: LinkMemory["mode"];
  #storeFault: Fault | undefined;
  #uplink: ConnectionStatus | null;
  #wake: Timer | undefined;

  constructor(parts: NodeShellParts<Plan, State>) {
    this.#parts = parts;
    const { agent, plan, seed, clock, board, url } = parts;
    this.#state = parts.state;
    this.#uplink =
      url === undefined ? null : { url, state: "down", since: clock.wall(), why: "not tried yet" };
    this.#toControl = this.#newSender();
    this.#kept = new KeptMemory({
      clock,
      report: (met) => board.put(met),
      tellControl: (input) => this.tellControl({ kind: "input", input }),
      memory: parts.memory,
      store: parts.state,
    });
    this.#host = new Host({
      agent,
      config: plan,
      memory: () => ({ seed, numbered: this.#account.numbered, mode: this.#mode }),
      clock,
      journal: parts.journal,
      perform: (effect) => this.#perform(effect),
      failed: (error, waiting) => this.#failed(error, waiting),
    });
    this.#bus = parts.openBus?.({
      up: () => this.#up(),
      down: (met) => this.#down(met),
      message: (message) => this.#hear(message),
      refused: (met) => board.put(met),
    });
  }

  get boot(): number | undefined {
    return this.#boot;
  }

  get uplink(): ConnectionStatus | null {
    return this.#uplink;
  }

  /** What a control thread begins with. */
  get memory(): ControlMemory {
    return this.#kept.memory;
  }

  /** Why the disk does not know yet what safety must not forget; undefined when it does. */
  get unwritten(): Fault | undefined {
    return this.#kept.unwritten;
  }

  start(): void {
    this.#host.start();
  }

  /** A new control thread begins with an empty channel. */
  controlStarted(): void {
    this.#kept.controlStarted();
    this.#toControl = this.#newSender();
  }

  tellControl(message: ToControl): void {
    this.#toControl.send(message);
  }

  receive(frame: Frame<ToLink>): void {
    if ("ack" in frame) {
      this.#toControl.acked();
      return;
    }
    this.#parts.postControl(ack);
    this.#take(frame.message);
    this.#parts.onControl(frame.message);
  }

  buffer(): BufferStatus {
    const { state } = this.#host;
    const pending = state === undefined ? 0 : this.#parts.pendingOf(state);
    const rows = this.#try(() => this.#metrics?.ledger() ?? []) ?? [];
    const sum = (of: "produced" | "buffered" | "tombstoned"): number =>
      rows.reduce((total, row) => total + row[of], 0);
    return {
      produced: sum("produced"),
      buffered: sum("buffered"),
      tombstoned: sum("tombstoned"),
      pending,
      store: this.#storeFault ?? "ok",
    };
  }

  async close(): Promise<void> {
    this.#account.receive([], 0);
    this.#host.finish({ kind: "stop" });
    this.#wake?.cancel();
    await this.#bus?.close();
    this.#metrics?.close();
    this.#kept.close();
    this.#state?.close();
  }

  #take(message: ToLink): void {
    const { board } = this.#parts;
    switch (message.kind) {
      case "row":
        this.#account.receive([this.#named(message.row)], message.shed);
        return;
      case "mode": {
        const { mode, reason, since } = message.mode;
        this.#mode = { kind: "mode", mode, reason, since: this.#toWall(since) };
        this.#host.post(this.#mode);
        return;
      }
      case "answer":
        this.#host.post(message);
        return;
      case "remember":
      case "rememberSafety":
      case "recalled":
        this.#kept.hear(message);
        return;
      case "report":
        board.put(message.fault);
        return;
      case "reply":
      case "deviceFound":
      case "told":
      case "stopped":
        return;
      default:
        unreachable(message, "message to the link thread");
    }
  }

  #named({ at, values, qualities }: ControlRow): Row {
    return { at: this.#toWall(at), series: this.#parts.series, values, qualities };
  }

  #hear(message: Message): void {
    if (this.#host.offer({ kind: "message", message })) return;
    const { agent, board } = this.#parts;
    board.put(fault("MAILBOX_FULL", { agent: agent.kind, most: limits.mailbox }));
  }

  #failed(error: unknown, waiting: readonly LinkInput[]): void {
    const { agent, board } = this.#parts;
    board.put(fault("AGENT_FAILED", { agent: agent.kind, why: String(error) }));
    const count = this.#account.forgotten(waiting);
    if (count === 0) return;
    board.put(fault("POINTS_SHED", { count, why: `the ${agent.kind} agent failed` }));
  }

  #perform(effect: LinkEffect): void {
    switch (effect.kind) {
      case "openStore":
      case "append":
      case "load":
      case "forget":
      case "evict":
      case "keepEpoch":
        this.#askDisk(effect);
        return;
      case "connect":
        this.#bus?.open(this.#session(effect.will));
        return;
      case "publish":
        // What the connection does not take is sent again after the next ack is missed.
        this.#bus?.publish(effect.message);
        return;
      case "control":
        this.#toControl.send({ kind: "input", input: effect.input satisfies ControlInput });
        return;
      case "wake":
        this.#wake?.cancel();
        this.#wake = this.#parts.clock.at(effect.at, () => this.#host.post({ kind: "wake" }));
        return;
      case "report":
        this.#parts.board.put(effect.fault);
        return;
      default:
        unreachable(effect, "link effect");
    }
  }

  /** The disk's no is an input like any other. */
  #askDisk(effect: DiskEffect): void {
    try {
      const input = this.#onDisk(effect);
      if (input !== undefined) this.#host.post(input);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      this.#storeFault = error.fault;
      this.#host.post({ kind: "storeDown", fault: error.fault });
    }
  }

  #onDisk(effect: DiskEffect): LinkInput | undefined {
    switch (effect.kind) {
      case "openStore":
        return this.#openStores();
      case "append": {
        this.#disk().append(effect.intake);
        const upTo = endOf(effect.intake);
        this.#account.kept(upTo);
        return { kind: "appended", upTo, buffered: this.#known() };
      }
      case "load": {
        const stretch = this.#disk().load(effect.after, effect.limit);
        return { kind: "loaded", round: effect.round, stretch };
      }
      case "forget":
        this.#disk().forget(effect.boot, effect.upTo);
        return undefined;
      case "evict": {
        const count = this.#disk().evict(effect.count);
        return { kind: "evicted", count, buffered: this.#known() };
      }
      case "keepEpoch": {
        this.#memory().keepEpoch(effect.epoch, effect.controller);
        const { epoch, controller } = this.#memory().read();
        this.#kept.obeyed(epoch);
        return { kind: "epochKept", epoch, controller };
      }
      default:
        return unreachable(effect, "effect on the disk");
    }
  }

  #session(will: Session["will"]): Session {
    return { will, subscriptions: this.#parts.subscriptions };
  }

  #openStores(): LinkInput {
    const { openState, openMetrics } = this.#parts;
    this.#state ??= openState();
    this.#kept.opened(this.#state);
    this.#boot ??= this.#state.begin();
    this.#metrics ??= openMetrics();
    const { epoch, controller } = this.#state.read();
    const buffered = this.#metrics.buffered();
    this.#storeFault = undefined;
    return { kind: "storeUp", boot: this.#boot, buffered, epoch, controller };
  }

  #disk(): MetricStore {
    if (this.#metrics === undefined) {
      throw this.#notOpen("metrics.db");
    }
    return this.#metrics;
  }

  #memory(): StateStore {
    if (this.#state === undefined) {
      throw this.#notOpen("state.db");
    }
    return this.#state;
  }

  /** Why it could not be opened says more than that it is not open. */
  #notOpen(path: string): FaultError {
    return new FaultError(
      this.#storeFault ?? fault("STORE_FAILED", { path, why: "it is not open" }),
    );
  }

  /** For an answer to what has happened: a count that cannot be read now must not deny it. */
  #known(): number {
    return this.#try(() => this.#metrics?.buffered()) ?? 0;
  }

  #try<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      this.#parts.board.put(error.fault);
      return undefined;
    }
  }

  #up(): void {
    this.#setUplink("up", "connected");
    this.#host.post({ kind: "busUp" });
  }

  #down(met: Fault): void {
    this.#setUplink("down", met.message);
    this.#host.post({ kind: "busDown", fault: met });
  }

  #setUplink(state: "up" | "down", why: string): void {
    if (this.#uplink === null) return;
    const since = this.#uplink.state === state ? this.#uplink.since : this.#parts.clock.wall();
    this.#uplink = { ...this.#uplink, state, since, why };
  }

  #newSender(): CreditSender<ToControl> {
    const { postControl, board } = this.#parts;
    return new CreditSender<ToControl>(
      (message) => postControl({ message }),
      () => board.put(fault("CONTROL_BEHIND", { most: limits.channelWaiting })),
    );
  }

  #toWall(at: Instant): WallTime {
    const { clock } = this.#parts;
    return wallTime(Math.max(0, Math.round(clock.wall() - elapsed(at, clock.now()))));
  }
}
