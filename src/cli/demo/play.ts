import type { NodeStatus } from "#src/contract/query.ts";
import type { Powers } from "../powers.ts";
import { printable } from "../show/printable.ts";
import { type DemoEvent, eventsBetween, type Watch } from "./events.ts";
import type { Order } from "./orders.ts";
import type { Stage } from "./stage.ts";
import { type RoomView, startingRoom, viewRoom } from "./view.ts";

/** What has happened so far, and what can be made to happen. */
export interface Play {
  readonly rooms: readonly RoomView[];
  readonly events: readonly DemoEvent[];
  readonly startedAt: number;
  /** Of the first cut and of the last healing. */
  readonly cutAt: number | undefined;
  readonly healedAt: number | undefined;
  readonly cutSince: number | undefined;
  readonly endedAt: number | undefined;
  order(order: Order): string;
  say(room: string | undefined, text: string): void;
  /** Marks the end: what stops from now on is meant to. */
  end(): void;
  /** Asks every room how it is. */
  look(stage: Stage): Promise<void>;
}

/** How long a room may take to answer one look. */
const patience = 1_000;
const keptEvents = 100;

export function startPlay(
  powers: Powers,
  names: readonly string[],
  relay: () => Stage["relay"] | undefined,
  onEvent: (event: DemoEvent) => void,
): Play {
  const startedAt = powers.now();
  let rooms: readonly RoomView[] = names.map(startingRoom);
  let events: readonly DemoEvent[] = [];
  let watch: Watch = new Map();
  let cutAt: number | undefined;
  let cutSince: number | undefined;
  let healedAt: number | undefined;
  let endedAt: number | undefined;
  const tell = (event: DemoEvent): void => {
    events = [...events, event].slice(-keptEvents);
    onEvent(event);
  };
  const say = (room: string | undefined, text: string): void =>
    tell({ at: powers.now(), room, text });
  return {
    startedAt,
    get rooms() {
      return rooms;
    },
    get events() {
      return events;
    },
    get cutAt() {
      return cutAt;
    },
    get healedAt() {
      return healedAt;
    },
    get cutSince() {
      return cutSince;
    },
    get endedAt() {
      return endedAt;
    },
    say,
    end() {
      endedAt ??= powers.now();
    },
    order(order) {
      const line = relay();
      if (line === undefined) return "the demo is still starting";
      if (line.isCut === (order === "cut"))
        return `the network is ${line.isCut ? "cut" : "whole"} already`;
      const now = powers.now();
      if (order === "cut") {
        line.cut();
        cutSince = now;
        cutAt ??= now;
        say(undefined, "the network between nodes and region is cut");
        return "the network is cut; holdfast status shows the nodes go autonomous";
      }
      line.heal();
      cutSince = undefined;
      healedAt = now;
      say(undefined, "the network is healed");
      return "the network is healed; what was buffered is on its way";
    },
    async look(stage) {
      const next = await Promise.all(
        stage.rooms.map(async (child, index) => {
          const before = rooms[index] ?? startingRoom(child.name);
          const status = child.runs ? await ask(powers, stage, child.name) : undefined;
          return viewRoom(before, status, child.runs);
        }),
      );
      if (endedAt !== undefined) return;
      const changed = eventsBetween(rooms, next, watch, powers.now());
      rooms = next;
      watch = changed.watch;
      for (const event of changed.events) tell(event);
    },
  };
}

async function ask(powers: Powers, stage: Stage, name: string): Promise<NodeStatus | undefined> {
  const path = powers.socketPath(stage.runtime, "node", name);
  const answer = await powers.askLocal(path, { v: 1, verb: "status" }, { timeout: patience });
  return answer.ok ? printable(answer.body as NodeStatus) : undefined;
}
