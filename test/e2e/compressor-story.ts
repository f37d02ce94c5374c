import { Fleet } from "./fleet.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/** A compressor that has just stopped, in a room that wants it to run, while its node dies. */
export interface Rest {
  /** How often the node was killed while the compressor rested. */
  readonly deaths: number;
  /** Milliseconds, at most: from the last sight of it running to the first of it running again. */
  readonly length: number;
  /** Why the node that came back did not start it. */
  readonly held: string;
}

const node = "room-1";

export async function tellCompressor(): Promise<readonly Rest[]> {
  const fleet = await Fleet.raise({ broker: "none", nodes: { [node]: coldRoom } });
  try {
    return [await restOver(fleet, 1), await restOver(fleet, 2)];
  } finally {
    await fleet.close();
  }
}

async function restOver(fleet: Fleet, deaths: number): Promise<Rest> {
  const witness = fleet.witness(node);
  const runs = (): boolean => witness.now("compressor") === 1;
  show(fleet, 20);
  await until("a room that seems warm is cooled", runs);
  show(fleet, -20);
  await until("a room that seems cold is not", () => !runs(), { every: 20 });
  show(fleet, 20);
  const stopped = witness.changesOf("compressor").at(-1);
  let held = "";
  for (let death = 0; death < deaths; death += 1) {
    await fleet.kill(node, "SIGKILL");
    fleet.start(node);
    held = await until("the compressor is held at rest", () => heldBy(fleet));
  }
  await until("the compressor runs again", runs);
  const started = witness.changesOf("compressor").at(-1);
  return { deaths, length: (started?.at ?? 0) - (stopped?.after ?? 0), held };
}

/** What its thermometer shows too much. */
function show(fleet: Fleet, by: number): void {
  fleet.tellDevice(node, { fault: { kind: "offset", signal: "air", by } });
}

async function heldBy(fleet: Fleet): Promise<string | undefined> {
  const why = (await fleet.why(node, "compressor"))?.because;
  return why?.includes("minOff") ? why : undefined;
}
