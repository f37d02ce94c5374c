import { unreachable } from "#src/base/assert.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import type { Millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import type { MetricBatch } from "#src/contract/messages.ts";
import type { ConnectionStatus } from "#src/contract/query.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Agent } from "#src/core/agent.ts";
import type { RegionEffect, RegionInput, RegionMemory, SetRequest } from "#src/core/region-io.ts";
import type { Bus, BusEvents } from "#src/ports/bus.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { RegionStore } from "#src/ports/region-store.ts";
import type { FaultBoard } from "./fault-board.ts";
import { Host } from "./host.ts";
import { type NoAnswer, Pending } from "./pending.ts";

/** The region's shell: between the broker, the region's database and people's requests. */
export interface RegionShellParts<Config, State> {
  readonly agent: Agent<Config, RegionMemory, State, RegionInput, RegionEffect>;
  readonly config: Config;
  readonly controller: string;
  readonly ttl: Millis;
  readonly seed: number;
  readonly url: string;
  readonly subscriptions: readonly string[];
  readonly clock: Clock;
  readonly board: FaultBoard;
  readonly store: RegionStore;
  readonly openBus: (events: BusEvents) => Bus;
  /** Each batch that is committed, for those who listen. */
  readonly onBatch: (node: string, batch: MetricBatch) => void;
  /** How long a `set` waits for its node. */
  readonly patience: Millis;
}

export type SetOutcome = Extract<RegionEffect, { kind: "reply" }>;

export class RegionShell<Config, State> {
  readonly #parts: RegionShellParts<Config, State>;
  readonly #host: Host<Config, RegionMemory, State, RegionInput, RegionEffect>;
  readonly #bus: Bus;
  readonly #asked: Pending<SetOutcome>;
  #epoch: number | undefined;
  #broker: ConnectionStatus;
  #wake: Timer | undefined;

  constructor(parts: RegionShellParts<Config, State>) {
    this.#parts = parts;
    const { agent, config, seed, store, clock, board, url } = parts;
    this.#asked = new Pending(clock);
    this.#broker = { url, state: "down", since: clock.wall(), why: "not tried yet" };
    this.#host = new Host({
      agent,
      config,
      memory: () => ({ seed, nodes: store.nodes(), grants: store.grants() }),
      clock,
      perform: (effect) => this.#perform(effect),
      failed: (error) =>
        board.put(fault("AGENT_FAILED", { agent: agent.kind, why: String(error) })),
    });
    this.#bus = parts.openBus({
      up: () => {
        this.#setBroker("up", "connected");
        this.#host.post({ kind: "busUp" });
      },
      down: (met) => {
        this.#setBroker("down", met.message);
        this.#host.post({ kind: "busDown", fault: met });
      },
      message: (message) => this.#hear(message),
      refused: (met) => board.put(met),
    });
  }

  get state(): State | undefined {
    return this.#host.state;
  }

  get broker(): ConnectionStatus {
    return this.#broker;
  }

  start(): void {
    this.#host.start();
  }

  set(request: Omit<SetRequest, "id">, done: (outcome: SetOutcome | NoAnswer) => void): void {
    const { clock, patience } = this.#parts;
    const id = this.#asked.ask(`set-${clock.wall()}`, patience, done);
    if (id === undefined) return;
    this.#host.post({ kind: "set", request: { ...request, id }, wall: clock.wall() });
  }

  async close(): Promise<void> {
    this.#wake?.cancel();
    // What was not committed is not acked, and comes again.
    this.#host.end();
    await this.#bus.close();
    this.#parts.store.close();
  }

  #hear(message: Message): void {
    const { agent, board, clock } = this.#parts;
    if (this.#host.offer({ kind: "message", message, wall: clock.wall() })) return;
    board.put(fault("MAILBOX_FULL", { agent: agent.kind, most: limits.mailbox }));
  }

  #perform(effect: RegionEffect): void {
    const { store, clock, board } = this.#parts;
    switch (effect.kind) {
      case "holdLease":
        this.#holdLease();
        return;
      case "ingest":
        try {
          const { upTo } = store.ingest(effect.node, effect.batch);
          this.#parts.onBatch(effect.node, effect.batch);
          this.#host.post({ kind: "ingested", node: effect.node, boot: effect.batch.boot, upTo });
        } catch (error) {
          if (!(error instanceof FaultError)) throw error;
          this.#host.post({ kind: "ingestFailed", fault: error.fault });
        }
        return;
      case "keepNode":
        this.#keep(() => store.keepNode(effect.record));
        return;
      case "keepGrant":
        this.#keep(() => store.keepGrant(effect.grant));
        return;
      case "dropGrant":
        this.#keep(() => store.dropGrant(effect.id));
        return;
      case "connect":
        this.#bus.open({ will: undefined, subscriptions: this.#parts.subscriptions });
        return;
      case "publish":
        this.#bus.publish(effect.message);
        return;
      case "reply":
        this.#asked.answer(effect.id, effect);
        return;
      case "wake":
        this.#wake?.cancel();
        this.#wake = clock.at(effect.at, () =>
          this.#host.post({ kind: "wake", wall: clock.wall() }),
        );
        return;
      case "report":
        board.put(effect.fault);
        return;
      default:
        unreachable(effect, "region effect");
    }
  }

  /** The arbiter gives the first epoch of this run, and confirms it at each renewal. */
  #holdLease(): void {
    const { store, controller, ttl, clock } = this.#parts;
    try {
      const now = clock.wall();
      if (this.#epoch === undefined) this.#epoch = store.claim(controller, ttl, now);
      else if (!store.renew(controller, this.#epoch, ttl, now)) {
        const lost = fault("LEASE_RIVAL", {
          epoch: this.#epoch,
          controller,
          rival: "another controller",
        });
        this.#host.post({ kind: "leaseLost", fault: lost });
        return;
      }
      this.#host.post({ kind: "leaseHeld", epoch: this.#epoch, wall: now });
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      this.#host.post({ kind: "leaseLost", fault: error.fault });
    }
  }

  #keep(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      this.#parts.board.put(error.fault);
    }
  }

  #setBroker(state: "up" | "down", why: string): void {
    const since = this.#broker.state === state ? this.#broker.since : this.#parts.clock.wall();
    this.#broker = { ...this.#broker, state, since, why };
  }
}
