import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { link } from "#agents/node/link.ts";
import { type LinkPlan, planLink } from "#agents/node/link-messages.ts";
import { planNode } from "#agents/node/plan.ts";
import { mqttBus } from "#src/adapters/mqtt-bus.ts";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import { millis } from "#src/base/units.ts";
import { nodeClientId } from "#src/contract/client-id.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { samplesIn } from "#src/contract/samples.ts";
import { channels } from "#src/contract/topics.ts";
import { blankMemory, type ControlRow } from "#src/core/control-io.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { NodeShell } from "#src/runtime/node-shell.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import type { BenchSite } from "./control-site.ts";

/** A node's link thread, in whatever thread this is, which can be kept busy. */
export interface BenchLink {
  readonly receive: (frame: Frame<ToLink>) => void;
  readonly isUp: () => boolean;
  /** From now on points come in until `duty` of this thread's time goes into them. */
  busy(duty: number): void;
  /** Share of the time since `busy` that it was. */
  duty(): number;
  close(): Promise<void>;
}

const pointsAtOnce = 200;
const lookEvery = millis(2);

export interface LinkParts {
  readonly site: BenchSite;
  readonly postControl: (frame: Frame<ToControl>) => void;
  readonly told: (message: ToLink) => void;
}

export function openLink({ site, postControl, told }: LinkParts): BenchLink {
  const { config, data } = site;
  const clock = systemClock();
  const plan = planNode(config);
  const linkPlan: LinkPlan = planLink(config, "bench");
  mkdirSync(data, { recursive: true });
  const meter = new Meter();
  const openState = () =>
    openStateStore({ path: join(data, "state.db"), now: clock.wall(), damaged: () => {} });
  const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
  const { uplink } = config;
  if (uplink === undefined) throw new Error("the node has an uplink");
  const shell = new NodeShell({
    agent: link,
    plan: linkPlan,
    seed: 1,
    series: plan.series,
    url: uplink.url,
    subscriptions: subscriptionsOf(config),
    clock,
    board: new FaultBoard(clock, quiet),
    state: openState(),
    openState,
    memory: blankMemory,
    openMetrics: () =>
      openMetricStore({ path: join(data, "metrics.db"), now: clock.wall(), damaged: () => {} }),
    openBus: (events) =>
      mqttBus({
        url: uplink.url,
        keepalive: uplink.keepalive,
        clientId: nodeClientId(config.region, config.node),
        events: { ...events, message: (one) => meter.measure(() => events.message(one)) },
      }),
    pendingOf: ({ inbox }) => samplesIn(inbox.pending),
    postControl,
    onControl: told,
  });
  shell.start();
  const row = (): ControlRow => {
    const at = clock.now();
    return {
      at,
      values: plan.series.map((_, place) => Math.round(1e4 * Math.sin(at / 1e3 + place)) / 100),
      qualities: undefined,
    };
  };
  const rowsAtOnce = Math.ceil(pointsAtOnce / plan.series.length);
  let timer: NodeJS.Timeout | undefined;
  return {
    receive: (frame) => meter.measure(() => shell.receive(frame)),
    isUp: () => shell.uplink?.state === "up",
    busy(duty) {
      meter.reset();
      timer = setInterval(() => {
        if (meter.share() < duty) {
          for (let sent = 0; sent < rowsAtOnce; sent += 1) {
            const message = { kind: "row", row: row(), shed: 0 } as const;
            meter.measure(() => shell.receive({ message }));
          }
        }
      }, lookEvery);
    },
    duty: () => meter.share(),
    async close() {
      clearInterval(timer);
      await shell.close();
    },
  };
}

const subscriptionsOf = ({ region, node }: NodeConfig): string[] =>
  Object.values(channels)
    .filter((channel) => channel.direction === "down")
    .map((channel) => channel.topic.filter({ region, node } as never));

/** Share of the time that goes into what is measured; what is measured inside counts once. */
class Meter {
  #since = performance.now();
  #busy = 0;
  #depth = 0;

  measure(work: () => void): void {
    const began = performance.now();
    this.#depth += 1;
    try {
      work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#busy += performance.now() - began;
    }
  }

  share(): number {
    return this.#busy / Math.max(1, performance.now() - this.#since);
  }

  reset(): void {
    this.#since = performance.now();
    this.#busy = 0;
  }
}
