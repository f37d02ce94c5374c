import { region as regionAgent } from "#agents/region/region.ts";
import type { RegionState } from "#agents/region/region-state.ts";
import type { WallTime } from "#src/base/units.ts";
import { regionClientId } from "#src/contract/client-id.ts";
import type { RegionConfig } from "#src/contract/config.ts";
import { limits } from "#src/contract/limits.ts";
import type { MetricBatch } from "#src/contract/messages.ts";
import { filtersOf } from "#src/contract/topics.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import { RegionShell } from "#src/runtime/region-shell.ts";
import type { SimBroker } from "#src/sim/sim-broker.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimDisk } from "#src/sim/sim-disk.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { type SimNetwork, sameMachine } from "#src/sim/sim-network.ts";
import { restartPause, type SimProcess } from "#src/sim/sim-process.ts";
import { openSimRegionStore, RegionFile } from "#src/sim/sim-region-store.ts";
import type { World } from "#src/sim/world.ts";
import type { RegionWatch } from "./simulated-region-watch.ts";

export interface SimulatedRegionParts {
  readonly world: World;
  readonly network: SimNetwork;
  readonly broker: SimBroker;
  readonly config: RegionConfig;
  readonly wall: WallTime;
  readonly watch: RegionWatch;
  /** Where two controllers of one region share their database. */
  readonly file?: RegionFile;
  readonly onBatch?: (node: string, batch: MetricBatch) => void;
}

/** One region controller of the simulated fleet. */
export class SimulatedRegion {
  readonly machine: SimMachine;
  readonly disk = new SimDisk();
  readonly file: RegionFile;
  readonly #parts: SimulatedRegionParts;
  #process: SimProcess | undefined;
  #shell: RegionShell<RegionConfig, RegionState> | undefined;
  #boots = 0;

  constructor(parts: SimulatedRegionParts) {
    this.#parts = parts;
    this.file = parts.file ?? new RegionFile();
    this.machine = new SimMachine(parts.world, parts.wall);
  }

  get process(): SimProcess | undefined {
    return this.#process;
  }

  /** For people's requests; undefined before the first start. */
  get shell(): RegionShell<RegionConfig, RegionState> | undefined {
    return this.#shell;
  }

  start(): void {
    if (this.#process?.alive === true || this.machine.suspended) return;
    const process = this.machine.spawn();
    this.#process = process;
    this.#boots += 1;
    process.take(() => this.#run(process), undefined);
  }

  kill(): void {
    this.#process?.end("killed");
    this.#parts.world.scheduleIn(restartPause, () => this.start());
  }

  losePower(): void {
    this.machine.losePower();
    this.disk.losePower();
  }

  restorePower(): void {
    this.machine.reboot();
    this.start();
  }

  #run(process: SimProcess): void {
    const { world, network, broker, config, onBatch, watch } = this.#parts;
    const place = regionClientId(config.region, config.controller);
    const seed = world.rng.fork(`${place} ${this.#boots}`).below(2 ** 32);
    const shell = new RegionShell({
      agent: regionAgent,
      config,
      controller: config.controller,
      ttl: config.lease.ttl,
      seed,
      url: broker.url,
      subscriptions: filtersOf("up", { region: config.region }),
      clock: process,
      board: new FaultBoard(process, watch.log(config.region, process)),
      store: watch.store(openSimRegionStore(this.file, this.disk, process)),
      openBus: (events) =>
        watch.bus(
          new SimBus({
            process,
            path: network.path(place, broker.url, sameMachine),
            broker,
            clientId: place,
            keepalive: config.broker.keepalive,
            seed,
            events,
          }),
        ),
      onBatch: onBatch ?? (() => {}),
      patience: limits.queryTimeout,
    });
    this.#shell = shell;
    shell.start();
  }
}
