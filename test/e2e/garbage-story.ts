import { setTimeout as pause } from "node:timers/promises";
import mqtt from "mqtt";
import type { Audit } from "#src/adapters/sqlite-audit.ts";
import { channels } from "#src/contract/topics.ts";
import { Fleet } from "./fleet.ts";
import { type Records, recordsOf } from "./records.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/** Nodes and a region at a broker that lets anybody say anything. */
export interface Garbage {
  /** Codes of faults by who met them. */
  readonly node: readonly string[];
  readonly region: readonly string[];
  /** Of the node that came to a topic on which a command had been left. */
  readonly retained: readonly string[];
  readonly pidsBefore: readonly (number | undefined)[];
  readonly pidsAfter: readonly (number | undefined)[];
  readonly turned: number;
  readonly audits: readonly Audit[];
  readonly records: readonly Records[];
}

const [node, late] = ["room-1", "room-2"] as const;
const region = "north";

export async function tellGarbage(): Promise<Garbage> {
  const fleet = await Fleet.raise({
    broker: "mosquitto",
    nodes: { [node]: coldRoom, [late]: coldRoom },
  });
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${fleet.brokerPort}`, {
    clientId: "somebody",
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  const say = async (topic: string, payload: Payload, retain = false): Promise<void> => {
    await client.publishAsync(topic, payload as Buffer, { qos: 1, retain });
  };
  try {
    await fleet.mode("connected");
    const pidsBefore = await pidsOf(fleet);
    const turnedBefore = await turnsOf(fleet);
    for (const topic of topicsAt(node)) {
      for (const payload of nonsense) {
        await say(topic, payload);
      }
    }
    await say(`hf/v1/${region}/NOBODY/data/metric`, "{}");
    const met = await until("both have met all of it", async () => {
      const codes = { node: await codesOf(fleet, node), region: await regionCodes(fleet) };
      const isWhole = wanted.every(
        (code) => codes.node.includes(code) && codes.region.includes(code),
      );
      return isWhole && codes;
    });
    const retained = await comeLate(fleet, say);
    await fleet.mode("connected");
    await pause(3_000);
    const pidsAfter = await pidsOf(fleet);
    const turned = (await turnsOf(fleet)) - turnedBefore;
    await fleet.stop();
    return {
      ...met,
      retained,
      pidsBefore,
      pidsAfter,
      turned,
      audits: fleet.nodes.map((one) => fleet.audit(one)),
      records: fleet.nodes.map((one) => recordsOf(fleet.regionDb, one)),
    };
  } finally {
    client.end(true);
    await fleet.close();
  }
}

type Payload = string | Uint8Array;

const wanted = ["MESSAGE_MALFORMED", "MESSAGE_OVERSIZE"];

const nonsense: readonly Payload[] = [
  "",
  "garbage",
  Uint8Array.of(0xff, 0x00, 0xc0, 0x80),
  "{}",
  "null",
  "[]",
  `{"v":2}`,
  `{"v":1,"boot":-1,"upTo":1e99}`,
  `{"v":1,"controller":"controller-1","epoch":"high","ttl":1e9}`,
  `{"v":1,"id":"x","epoch":1,"value":null,"for":-5,"owner":"","reason":1}`,
  `{"v":1,"boot":1,"base":1,"series":["a"],"points":[[1,0,7,0,0]],"tombstones":[]}`,
  `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
  `"${"x".repeat(200 * 1024)}"`,
];

/** Everything that a node or its region listens to. */
const topicsAt = (who: string): readonly string[] =>
  Object.values(channels).map(({ topic }) =>
    topic.format({ region, node: who, loop: "cooling" } as never),
  );

/** A command that was left on its topic waits for the node that comes back. */
async function comeLate(
  fleet: Fleet,
  say: (topic: string, payload: Payload, retain: boolean) => Promise<void>,
): Promise<readonly string[]> {
  await fleet.kill(late, "SIGTERM");
  const commands = [channels.ack, channels.setpoint].map(({ topic }) =>
    topic.format({ region, node: late, loop: "cooling" } as never),
  );
  for (const topic of commands) await say(topic, `{"v":1}`, true);
  fleet.start(late);
  const codes = await until("what was left is refused", async () => {
    const found = await codesOf(fleet, late);
    return found.includes("MESSAGE_RETAINED") && found;
  });
  for (const topic of commands) await say(topic, "", true);
  return codes;
}

const codesOf = async (fleet: Fleet, one: string): Promise<readonly string[]> =>
  (await fleet.status(one))?.faults.map(({ code }) => code) ?? [];

const regionCodes = async (fleet: Fleet): Promise<readonly string[]> =>
  (await fleet.regionStatus())?.faults.map(({ code }) => code) ?? [];

const pidsOf = async (fleet: Fleet): Promise<readonly (number | undefined)[]> => [
  (await fleet.status(node))?.pid,
  (await fleet.regionStatus())?.pid,
];

const turnsOf = async (fleet: Fleet): Promise<number> =>
  (await fleet.status(node))?.control?.loops[0]?.cycles ?? 0;
