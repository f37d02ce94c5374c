import type { Explanation, LoopStatus } from "#src/contract/query.ts";
import { Fleet, type Ran } from "./fleet.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/** What became of setpoints that people gave, with the region there and without it. */
export interface Setpoints {
  readonly given: Ran;
  readonly why: Explanation | undefined;
  /** Milliseconds from `set` until the loop's own setpoint was in force again. */
  readonly endedAfter: number;
  readonly refused: readonly Ran[];
  /** Milliseconds from the region's death. */
  readonly endedWithRegion: number;
  readonly local: Ran;
  readonly localLoop: LoopStatus | undefined;
  readonly localEndedAfter: number;
  /** What the standing setpoint came back to when the region did. */
  readonly resumed: number;
  readonly resumedMode: string | undefined;
}

const node = "room-1";
const own = 4;

export async function tellSetpoints(): Promise<Setpoints> {
  const fleet = await Fleet.raise({ broker: "embedded", nodes: { [node]: coldRoom } });
  try {
    await fleet.mode("connected");
    const began = performance.now();
    const given = await set(fleet, "6", "5s", "the door stays open");
    await inForce(fleet, 6);
    const why = await fleet.why(node, "compressor");
    await inForce(fleet, own);
    const endedAfter = performance.now() - began;
    const refused = [
      await set(fleet, "20", "1m", "too warm"),
      await set(fleet, "20", "1m", "too warm", "--local"),
    ];

    await set(fleet, "7", "10m", "a long defrost");
    await inForce(fleet, 7);
    const died = performance.now();
    await fleet.kill("region", "SIGKILL");
    await inForce(fleet, own);
    const endedWithRegion = performance.now() - died;
    await fleet.mode("autonomous");
    const localBegan = performance.now();
    const local = await set(fleet, "5", "3s", "on my own", "--local");
    const localLoop = await inForce(fleet, 5);
    await inForce(fleet, own);
    const localEndedAfter = performance.now() - localBegan;

    fleet.start("region");
    const resumed = await inForce(fleet, 7, 60_000);
    const resumedMode = (await fleet.status(node))?.control?.mode;
    return {
      given,
      why,
      endedAfter,
      refused,
      endedWithRegion,
      local,
      localLoop,
      localEndedAfter,
      resumed: resumed.setpoint,
      resumedMode,
    };
  } finally {
    await fleet.close();
  }
}

const set = (
  fleet: Fleet,
  value: string,
  length: string,
  reason: string,
  ...more: readonly string[]
): Promise<Ran> =>
  fleet.run("set", `${node}/cooling`, value, "--for", length, "--reason", reason, ...more);

const inForce = (fleet: Fleet, setpoint: number, within = 20_000): Promise<LoopStatus> =>
  until(
    `the setpoint is ${setpoint}`,
    async () => {
      const loop = (await fleet.status(node))?.control?.loops[0];
      return loop?.setpoint === setpoint && loop;
    },
    { within, every: 50 },
  );
