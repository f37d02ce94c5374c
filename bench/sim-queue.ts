import { after, millis, seconds, wallTime } from "#src/base/units.ts";
import { nodeClientId, regionClientId } from "#src/contract/client-id.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { NumberedSample } from "#src/contract/samples.ts";
import { channels, type MessageFor } from "#src/contract/topics.ts";
import { devicesPlan } from "#src/sim/devices-plan.ts";
import { later, moment } from "#src/sim/moment.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { brokerParts, SimBroker } from "#src/sim/sim-broker.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimMachine } from "#src/sim/sim-clock.ts";
import { SimDevices } from "#src/sim/sim-devices.ts";
import { SimDisk } from "#src/sim/sim-disk.ts";
import { MetricFile, SimMetricStore } from "#src/sim/sim-metric-store.ts";
import { SimNetwork, sameMachine } from "#src/sim/sim-network.ts";
import { openSimRegionStore, RegionFile } from "#src/sim/sim-region-store.ts";
import { World } from "#src/sim/world.ts";

/**
 * What the simulated world costs by itself: first bare events, then whole nodes without agents in
 * them – a look at the devices, a transaction, a batch to the region and its ack, each second.
 */
const version = 1;
const region = "north";

function bareEvents(count: number): number {
  const world = new World(1);
  const rng = world.rng.fork("bench");
  for (let i = 0; i < count; i += 1) {
    const again = (): void => {
      world.schedule(moment(world.now + 1_000 + rng.below(1_024) / 1_024), again);
    };
    world.schedule(moment(rng.below(1_024_000) / 1_024), again);
  }
  world.run(seconds(3) as never);
  const before = world.counters.events;
  const began = process.cpuUsage();
  world.run(later(world.now, seconds(Math.ceil(2_000_000 / count))));
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1_000) / (world.counters.events - before);
}

const site = NodeConfig.parse({
  role: "node",
  node: "n",
  region,
  uplink: { url: "mqtt://broker" },
  devices: { plc: { driver: "modbus-tcp", port: 1_502, poll: "1s" } },
  inputs: {
    air: {
      device: "plc",
      register: { kind: "input", address: 0, scale: 0.01 },
      unit: "degC",
      range: [-40, 60],
    },
  },
  outputs: { compressor: { device: "plc", register: { kind: "coil", address: 0 }, safe: 0 } },
  loops: {},
  simulation: {
    plc: { plant: "cold-room", signals: { air: "room-air", compressor: "compressor" } },
  },
});
const devicesOf = devicesPlan(site);
const layout = plantLayout(site, "plc");
const series = ["in/air", "out/compressor", "mode"];

class Fleet {
  readonly world = new World(7);
  readonly #network = new SimNetwork(this.world);
  readonly #broker = new SimBroker(brokerParts(this.world, "mqtt://broker"));

  constructor(count: number) {
    this.#startRegion();
    const rng = this.world.rng.fork("start");
    for (let i = 0; i < count; i += 1) {
      const at = moment(rng.below(1_024_000) / 1_024);
      this.world.schedule(at, () => this.#startNode(`n${i}`));
    }
  }

  #startRegion(): void {
    const machine = new SimMachine(this.world, wallTime(1_790_000_000_000)).spawn();
    const store = openSimRegionStore(new RegionFile(), new SimDisk(), machine);
    const clientId = regionClientId(region, "c1");
    const bus = new SimBus({
      process: machine,
      path: this.#network.path(clientId, "broker", sameMachine),
      broker: this.#broker,
      clientId,
      keepalive: seconds(10),
      seed: 1,
      events: {
        up() {},
        down() {},
        refused() {},
        message(message) {
          if (message.channel !== "metric") return;
          const { upTo } = store.ingest(message.params.node, message.body);
          bus.publish({
            channel: "ack",
            params: { region, node: message.params.node },
            body: { v: 1, boot: message.body.boot, upTo },
          });
        },
      },
    });
    machine.take(() => bus.open({ will: undefined, subscriptions: filters("up", { region }) }), 0);
  }

  #startNode(node: string): void {
    const machine = new SimMachine(this.world, wallTime(1_790_000_000_000)).spawn();
    const store = new SimMetricStore(new MetricFile(), new SimDisk(), machine);
    const field = new PlantField({ layout, seed: 3, now: this.world.now });
    const devices = new SimDevices({
      plan: devicesOf,
      process: machine,
      fields: new Map([["plc", field]]),
      events: { lost() {}, found() {}, refused() {} },
    });
    const clientId = nodeClientId(region, node);
    const bus = new SimBus({
      process: machine,
      path: this.#network.path(clientId, "broker"),
      broker: this.#broker,
      clientId,
      keepalive: seconds(10),
      seed: 1,
      events: {
        up() {},
        down() {},
        refused() {},
        message(message) {
          if (message.channel !== "ack") return;
          store.forget(message.body.boot, message.body.upTo);
          deadline.cancel();
        },
      },
    });
    let seq = 0;
    let deadline = machine.at(after(machine.now(), millis(1)), () => {});
    const flush = (samples: readonly NumberedSample[]): void => {
      store.append(1, samples, []);
      store.ledger();
      const stretch = store.load({ boot: 1, seq: seq - samples.length }, 500);
      if (stretch === undefined) return;
      const batch: MessageFor<"metric"> = {
        channel: "metric",
        params: { region, node },
        body: {
          v: version,
          boot: 1,
          base: stretch.base,
          series,
          points: stretch.samples.map(({ seq: at, value }) => [at, 1, 0, value, 0]),
          tombstones: [],
        },
      };
      bus.publish(batch);
      deadline = machine.at(after(machine.now(), seconds(5)), () => {});
    };
    const cycle = (): void => {
      const image = devices.image();
      const samples = [...image.inputs, ...image.outputs, ...image.outputs].map(
        ({ value, quality }, index): NumberedSample => ({
          seq: seq + index + 1,
          at: machine.wall(),
          series: series[index] ?? "?",
          value,
          quality,
        }),
      );
      seq += samples.length;
      const value = (image.inputs[0]?.value ?? 0) > 4 ? 1 : 0;
      devices.write(0, value);
      machine.at(after(machine.now(), millis(400)), () => flush(samples));
      machine.at(after(machine.now(), seconds(1)), cycle);
    };
    machine.take(() => {
      bus.open({ will: undefined, subscriptions: filters("down", { region, node }) });
      cycle();
    }, 0);
  }
}

const filters = (direction: "up" | "down", known: object): string[] =>
  Object.values(channels)
    .filter((channel) => channel.direction === direction)
    .map((channel) => channel.topic.filter(known as never));

function wholeNodes(count: number): { ns: number; events: number; bytes: number } {
  const before = usedHeap();
  const fleet = new Fleet(count);
  fleet.world.run(moment(20_000));
  const { events } = fleet.world.counters;
  const began = process.cpuUsage();
  const length = Math.max(10, Math.ceil(300_000 / count));
  fleet.world.run(later(fleet.world.now, seconds(length)));
  const { user, system } = process.cpuUsage(began);
  const nodeSeconds = count * length;
  const bytes = (usedHeap() - before) / count;
  return {
    ns: ((user + system) * 1_000) / nodeSeconds,
    events: (fleet.world.counters.events - events) / nodeSeconds,
    bytes,
  };
}

function usedHeap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

for (const count of [700, 7_000, 70_000]) {
  console.log(`${count} events waiting: ${bareEvents(count).toFixed(0)} ns of CPU an event`);
}
for (const count of [100, 1_000, 10_000]) {
  const { ns, events, bytes } = wholeNodes(count);
  console.log(
    `${count} nodes without agents: ${ns.toFixed(0)} ns of CPU a node-second, ` +
      `${events.toFixed(1)} events, ${(bytes / 1_024).toFixed(1)} KB a node`,
  );
}
