import { setTimeout as pause } from "node:timers/promises";
import type { Audit } from "#src/adapters/sqlite-audit.ts";
import type { RegionStatus } from "#src/contract/query.ts";
import { Fleet } from "./fleet.ts";
import { type Records, recordsOf } from "./records.ts";
import { coldRoom, tank } from "./sites.ts";
import { until } from "./until.ts";
import { type Change, stretchesAt } from "./witness.ts";

/** What was seen of a fleet whose parts were killed one after the other, as facts to judge. */
export interface Outage {
  readonly nodes: readonly NodeFacts[];
  /** Milliseconds from the region's death until every node went on by itself. */
  readonly autonomousAfter: number;
  /** Every mode that a node was seen in while the region had been away for longer than that. */
  readonly modesWithoutRegion: readonly string[];
  /** Milliseconds from the start of what had been killed until it did its job again. */
  readonly back: Readonly<Record<"node" | "devices" | "region" | "orphan", number>> & {
    readonly broker: number | undefined;
  };
  readonly region: RegionStatus;
  readonly faultsWithoutDevices: readonly string[];
}

export interface NodeFacts {
  readonly node: string;
  readonly audit: Audit;
  readonly records: Records;
  readonly outputs: readonly {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly values: readonly number[];
  }[];
  /** Of its compressor, in milliseconds. */
  readonly runs: readonly number[];
  readonly rests: readonly number[];
  /** For whoever has to find out why: what the witness saw when, and what the node said. */
  readonly evidence: string;
}

const shapes = { "room-1": coldRoom, "room-2": coldRoom, "tank-1": tank } as const;
/** Killed while its region is there, and while it is not; the third one never is. */
const [first, second] = ["room-1", "room-2"] as const;

/** A mode is recorded within a second, and on disk within another; what was not yet dies with us. */
const recorded = 3_500;

const away = { region: 60_000, node: 5_000, broker: 10_000, devices: 10_000 } as const;

export async function tellOutage(broker: "embedded" | "mosquitto"): Promise<Outage> {
  const fleet = await Fleet.raise({ broker, nodes: shapes });
  try {
    await fleet.mode("connected");
    await pause(recorded);
    const [node, brokerBack] = await Promise.all([
      loseNode(fleet, first, "connected"),
      broker === "mosquitto" ? loseBroker(fleet) : undefined,
    ]);
    await fleet.mode("connected", fleet.nodes, { within: 30_000 });
    await pause(recorded);
    const lost = await loseRegion(fleet);
    await pause(recorded);
    await drained(fleet);
    const region = await fleet.regionStatus();
    if (region === undefined) throw new Error("the region gives no answer");
    // From here on the nodes are told to stop, and stop what they drive.
    const compressors = new Map(
      fleet.nodes.map((one) => [one, [...compressorOf(fleet, one)]] as const),
    );
    await fleet.stop();
    const { orphan, devices, region: regionBack, ...seen } = lost;
    const back = { node, orphan, devices, region: regionBack, broker: brokerBack };
    return {
      ...seen,
      back,
      region,
      nodes: fleet.nodes.map((one) => factsOf(fleet, one, compressors.get(one) ?? [])),
    };
  } finally {
    await fleet.close();
  }
}

async function loseNode(fleet: Fleet, node: string, mode: string): Promise<number> {
  await fleet.kill(node, "SIGKILL");
  await pause(away.node);
  fleet.start(node);
  return fleet.mode(mode, [node], { within: 60_000 });
}

async function loseBroker(fleet: Fleet): Promise<number> {
  await fleet.kill("broker", "SIGKILL");
  await pause(away.broker);
  fleet.start("broker");
  return fleet.mode("connected", fleet.nodes, { within: 60_000 });
}

async function loseRegion(fleet: Fleet) {
  const began = performance.now();
  await fleet.kill("region", "SIGKILL");
  await fleet.mode("autonomous");
  const autonomousAfter = performance.now() - began;
  const left = (): number => away.region - (performance.now() - began);
  const [orphan, devices, modes] = await Promise.all([
    loseNode(fleet, second, "autonomous"),
    pause(15_000).then(() => loseDevices(fleet)),
    modesFor(fleet, left()),
  ]);
  await pause(Math.max(0, left()));
  fleet.start("region");
  const region = await fleet.mode("connected", fleet.nodes, { within: 90_000 });
  return {
    autonomousAfter,
    modesWithoutRegion: modes,
    orphan,
    devices: devices.back,
    faultsWithoutDevices: devices.faults,
    region,
  };
}

async function loseDevices(fleet: Fleet): Promise<{ back: number; faults: readonly string[] }> {
  await fleet.kill("devices", "SIGKILL");
  await pause(away.devices);
  const faults = new Set<string>();
  for (const node of fleet.nodes) {
    for (const { code } of (await fleet.status(node))?.faults ?? []) faults.add(code);
  }
  fleet.start("devices");
  const began = performance.now();
  for (const node of fleet.nodes) {
    await until(`${node} has its device again`, async () => {
      const inputs = (await fleet.status(node))?.control?.inputs;
      return inputs?.every((input) => input.quality === "good");
    });
  }
  return { back: performance.now() - began, faults: [...faults] };
}

async function modesFor(fleet: Fleet, length: number): Promise<readonly string[]> {
  const modes = new Set<string>();
  const end = performance.now() + length;
  while (performance.now() < end) {
    for (const node of fleet.nodes) {
      const mode = (await fleet.status(node))?.control?.mode;
      if (mode !== undefined) modes.add(mode);
    }
    await pause(1_000);
  }
  return [...modes];
}

/** A running node always has the points of the last seconds under way. */
export async function drained(fleet: Fleet): Promise<void> {
  for (const node of fleet.nodes) {
    await until(
      `${node} has delivered what it kept`,
      async () => ((await fleet.status(node))?.buffer.buffered ?? Number.NaN) <= 40,
      { within: 30_000 },
    );
  }
}

const compressorOf = (fleet: Fleet, node: string): readonly Change[] =>
  node.startsWith("room") ? fleet.witness(node).changesOf("compressor") : [];

function factsOf(fleet: Fleet, node: string, changes: readonly Change[]): NodeFacts {
  const witness = fleet.witness(node);
  const { outputs } = shapes[node as keyof typeof shapes];
  return {
    node,
    audit: fleet.audit(node),
    records: recordsOf(fleet.regionDb, node),
    outputs: outputs.map(({ name, min, max }) => ({
      name,
      min,
      max,
      values: witness.valuesOf(name),
    })),
    runs: stretchesAt(1, changes),
    rests: stretchesAt(0, changes),
    evidence: [...changes.map(sayChange), fleet.program(node).said()].join("\n"),
  };
}

const sayChange = ({ value, at, after }: Change): string =>
  [after, at].map((one) => new Date(performance.timeOrigin + one).toISOString()).join(" … ") +
  `: compressor ${value}`;
