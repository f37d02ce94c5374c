import { after, type Millis, millis, seconds, type WallTime } from "#src/base/units.ts";
import { regionClientId } from "#src/contract/client-id.ts";
import type { Message } from "#src/contract/topics.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { sameMachine } from "#src/sim/sim-network.ts";
import type { SimProcess } from "#src/sim/sim-process.ts";
import type { FleetRegion } from "./simulated-fleet.ts";

const speaksEvery = seconds(2);
const ttl: Millis = seconds(10);
const neverReached = 1e8;

/**
 * A controller that does not know that its time is over: it speaks in the name of the epoch before,
 * and under another name in that of the present one. It asks for setpoints in that of a later one,
 * too, which no lease ever brings.
 */
export class SimulatedGhost {
  readonly #region: FleetRegion;
  readonly #machine: SimMachine;
  #bus: SimBus | undefined;
  #said = 0;

  constructor(region: FleetRegion) {
    this.#region = region;
    this.#machine = new SimMachine(region.world, region.controller.machine.wall() as WallTime);
  }

  appear(): void {
    const process = this.#machine.spawn();
    process.take(() => this.#run(process), undefined);
  }

  vanish(): void {
    this.#machine.losePower();
  }

  #run(process: SimProcess): void {
    const { name, world, network, broker } = this.#region;
    const place = regionClientId(name, "ghost");
    const bus = new SimBus({
      process,
      path: network.path(place, broker.url, sameMachine),
      broker,
      clientId: place,
      keepalive: seconds(10),
      seed: world.rng.fork(place).below(2 ** 32),
      events: {
        up: () => this.#speak(process),
        down: () => {
          process.at(after(process.now(), speaksEvery), () => this.#open());
        },
        message: () => {},
        refused: () => {},
      },
    });
    this.#bus = bus;
    this.#open();
  }

  #open(): void {
    this.#bus?.open({ will: undefined, subscriptions: [] });
  }

  #speak(process: SimProcess): void {
    const taken = this.#words().every((message) => this.#bus?.publish(message) === true);
    if (taken) process.at(after(process.now(), speaksEvery), () => this.#speak(process));
  }

  #words(): readonly Message[] {
    const { name, nodes, controller: of } = this.#region;
    const { epoch, controller } = of.file;
    const params = { region: name };
    if (epoch < 2) return [];
    const words: Message[] = [
      { channel: "lease", params, body: { v: 1, controller, epoch: epoch - 1, ttl } },
    ];
    // Who comes first has an epoch: before everybody knows whose it is, this would be a real rival.
    if (nodes.every(({ state }) => state.epoch === epoch)) {
      words.push({ channel: "lease", params, body: { v: 1, controller: "ghost", epoch, ttl } });
    }
    for (const { node, loops } of nodes) {
      const [loop] = loops;
      if (loop === undefined) continue;
      for (const [past, reason] of [
        [epoch - 1, "of the past"],
        [epoch + neverReached, "of the future"],
      ] as const) {
        this.#said += 1;
        words.push({
          channel: "setpoint",
          params: { ...params, node, loop: loop.name },
          body: {
            v: 1,
            id: `ghost-${this.#said}`,
            epoch: past,
            value: (loop.min + loop.max) / 2,
            for: millis(ttl),
            owner: "ghost",
            reason,
          },
        });
      }
    }
    return words;
  }
}
