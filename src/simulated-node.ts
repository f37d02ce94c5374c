import { link } from "#agents/node/link.ts";
import { type LinkPlan, planLink } from "#agents/node/link-messages.ts";
import type { LinkState } from "#agents/node/link-state.ts";
import type { ControlPlan } from "#agents/node/plan.ts";
import type { Fault } from "#src/base/fault.ts";
import { seconds, type WallTime } from "#src/base/units.ts";
import { nodeClientId } from "#src/contract/client-id.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { samplesIn } from "#src/contract/samples.ts";
import { filtersOf } from "#src/contract/topics.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import { ControlShell } from "#src/runtime/control-shell.ts";
import { FaultBoard } from "#src/runtime/fault-board.ts";
import type { Journal, JournalParts } from "#src/runtime/journal.ts";
import { NodeShell } from "#src/runtime/node-shell.ts";
import type { Frame, ToControl } from "#src/runtime/threads.ts";
import { type LoopRule, loopRules } from "#src/sim/check-authority.ts";
import { type OutputRule, outputRules } from "#src/sim/check-registers.ts";
import { type DevicesPlan, devicesPlan } from "#src/sim/devices-plan.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { type PlantLayout, plantLayout } from "#src/sim/plant-layout.ts";
import type { SimBroker } from "#src/sim/sim-broker.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimDevices } from "#src/sim/sim-devices.ts";
import { SimDisk } from "#src/sim/sim-disk.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { MetricFile, SimMetricStore } from "#src/sim/sim-metric-store.ts";
import type { SimNetwork } from "#src/sim/sim-network.ts";
import { restartPause, type SimProcess } from "#src/sim/sim-process.ts";
import { peekSimState, SimStateStore, StateFile } from "#src/sim/sim-state-store.ts";
import type { World } from "#src/sim/world.ts";
import {
  answerOf,
  type ControlRules,
  controlRules,
  memoryAtStart,
  openFirst,
} from "./node-parts.ts";
import type { NodeWatch } from "./simulated-node-watch.ts";
import type { RegionWatch } from "./simulated-region-watch.ts";

/** What all nodes with one site file share: nothing in it knows which node it is. */
export interface NodeTemplate {
  readonly config: NodeConfig;
  readonly rules: ControlRules;
  readonly link: LinkPlan;
  readonly devices: DevicesPlan;
  /** Inputs that let a loop decide at once. */
  readonly awaited: ReadonlySet<number>;
  readonly layouts: ReadonlyMap<string, PlantLayout>;
  readonly loops: readonly LoopRule[];
  readonly outputs: readonly OutputRule[];
  /** Interlocks that only a person resets. */
  readonly latching: readonly string[];
}

export function nodeTemplate(config: NodeConfig, version: string): NodeTemplate {
  const rules = controlRules(config);
  return {
    config,
    rules,
    awaited: new Set(rules.triggers.flatMap((loops, input) => (loops.length > 0 ? [input] : []))),
    link: planLink(config, version),
    devices: devicesPlan(config),
    loops: loopRules(config),
    outputs: outputRules(config),
    latching: Object.entries(config.interlocks).flatMap(([name, { reset }]) =>
      reset === "manual" ? [name] : [],
    ),
    layouts: new Map(
      Object.keys(config.simulation ?? {}).map((name) => [name, plantLayout(config, name)]),
    ),
  };
}

export interface SimulatedNodeParts {
  readonly world: World;
  readonly network: SimNetwork;
  readonly broker: SimBroker;
  readonly template: NodeTemplate;
  readonly region: string;
  readonly node: string;
  readonly wall: WallTime;
  readonly watch: RegionWatch;
  /** What is on its disk already, as on a copied one. */
  readonly disk?: NodeDisk;
  readonly copyOf?: NodeWatch;
  readonly journals?: Journals | undefined;
}

/** Makes the journals of a node's agents, anew with each start of its program. */
export type Journals = <Plan>(of: Omit<JournalParts<Plan>, "version" | "files">) => Journal<Plan>;

export interface NodeDisk {
  readonly state: StateFile;
  readonly metrics: MetricFile;
}

/** One node of the simulated fleet: its machine with disk and clock, its field, and its program. */
export class SimulatedNode {
  readonly node: string;
  readonly region: string;
  readonly machine: SimMachine;
  readonly disk = new SimDisk();
  readonly state: StateFile;
  readonly metrics: MetricFile;
  readonly fields: ReadonlyMap<string, PlantField>;
  readonly #parts: SimulatedNodeParts;
  readonly #plan: ControlPlan;
  readonly #link: LinkPlan;
  readonly #subscriptions: readonly string[];
  readonly #watch: NodeWatch;
  #process: SimProcess | undefined;
  #shell: NodeShell<LinkPlan, LinkState> | undefined;
  #boots = 0;

  constructor(parts: SimulatedNodeParts) {
    const { world, template, node, region, wall } = parts;
    this.node = node;
    this.region = region;
    this.#parts = parts;
    this.machine = new SimMachine(world, wall);
    this.state = parts.disk?.state ?? new StateFile();
    this.metrics = parts.disk?.metrics ?? new MetricFile();
    this.#plan = { ...template.rules.plan, node };
    this.#link = { ...template.link, node, region };
    this.#subscriptions = filtersOf("down", { region, node });
    this.fields = new Map(
      [...template.layouts].map(([device, layout]) => {
        const seed = world.rng.fork(`${region} ${node} ${device}`).below(2 ** 32);
        return [device, new PlantField({ layout, seed, now: world.now })];
      }),
    );
    this.#watch = parts.watch.node(
      { ...template, region, node, fields: this.fields },
      parts.copyOf,
    );
  }

  get loops(): readonly LoopRule[] {
    return this.#parts.template.loops;
  }

  get outputs(): readonly OutputRule[] {
    return this.#parts.template.outputs;
  }

  get latching(): readonly string[] {
    return this.#parts.template.latching;
  }

  get process(): SimProcess | undefined {
    return this.#process;
  }

  /** A second machine from a copy of this one's disk, under the same name; it stands still. */
  clone(): SimulatedNode {
    const disk = { state: this.state.copy(), metrics: this.metrics.copy() };
    const copyOf = this.#watch;
    return new SimulatedNode({ ...this.#parts, wall: this.machine.wall(), disk, copyOf });
  }

  /** Starts the program, unless it runs. */
  start(): void {
    if (this.#process?.alive === true || this.machine.suspended) return;
    const process = this.machine.spawn();
    this.#process = process;
    this.#boots += 1;
    process.take(() => this.#run(process), undefined);
  }

  /** A person at the node orders something; false when nothing runs there. */
  order(input: ControlInput): boolean {
    const shell = this.#shell;
    const process = this.#process;
    if (process?.alive !== true || shell === undefined) return false;
    process.take(() => shell.tellControl({ kind: "input", input }), undefined);
    return true;
  }

  /** The program is killed; the service manager starts it again. */
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
    const { world, network, broker, template, region, node } = this.#parts;
    const board = new FaultBoard(process, this.#parts.watch.log(this.#watch.who, process));
    const { disk } = this;
    const watch = this.#watch;
    watch.started(process);
    const place = nodeClientId(region, node);
    const seed = world.rng.fork(`${place} ${this.#boots}`).below(2 ** 32);
    const openState = (): StateStore =>
      watch.state(
        new SimStateStore({ file: this.state, disk, holder: process, now: process.wall() }),
      );
    const state = openFirst(openState, board);
    const memory = memoryAtStart(
      state,
      () => watch.reads(peekSimState(this.state), false),
      this.machine.run,
    );
    const { journals } = this.#parts;
    const report = (met: Fault): void => board.put(met);
    const recorded = { node, clock: process, report };
    const shell = new NodeShell({
      agent: link,
      plan: this.#link,
      journal: journals?.({ ...recorded, agent: "link", plan: this.#link }),
      seed,
      series: this.#plan.series,
      url: broker.url,
      subscriptions: this.#subscriptions,
      clock: process,
      board,
      state,
      openState,
      memory,
      openMetrics: () => watch.metrics(new SimMetricStore(this.metrics, disk, process)),
      openBus: (events) =>
        new SimBus({
          process,
          path: network.path(place, broker.url),
          broker,
          clientId: place,
          keepalive: template.config.uplink?.keepalive ?? seconds(10),
          seed,
          events: watch.bus(events),
        }),
      pendingOf: ({ inbox }) => samplesIn(inbox.pending),
      postControl: (frame) => {
        watch.toControl(frame);
        controlShell.receive(frame);
      },
      onControl: () => {},
    });
    const devices = new SimDevices({
      plan: template.devices,
      process,
      fields: this.fields,
      events: {
        lost: (_, fault) => controlShell.report({ kind: "report", fault }),
        refused: (_, fault) => controlShell.report({ kind: "report", fault }),
        found: (device) => controlShell.report({ kind: "deviceFound", device }),
        changed: (inputs) => controlShell.changed(inputs),
      },
      awaited: template.awaited,
    });
    const controlShell = new ControlShell({
      ...template.rules,
      plan: this.#plan,
      journal: journals?.({ ...recorded, agent: "control", plan: this.#plan }),
      memory: shell.memory,
      devices,
      clock: process,
      post: (frame) => {
        if (watch.fromControl(frame, ask)) shell.receive(frame);
      },
      answer: answerOf(this.#plan, process),
    });
    const ask = (frame: Frame<ToControl>): void => controlShell.receive(frame);
    this.#shell = shell;
    controlShell.start();
    shell.start();
  }
}
