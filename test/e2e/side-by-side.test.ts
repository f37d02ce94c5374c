import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tellCompressor } from "./compressor-story.ts";
import { mayMount, tellDisks } from "./disk-story.ts";
import { tellGarbage } from "./garbage-story.ts";
import { tellOutage } from "./outage-story.ts";
import { available } from "./outside.ts";
import { tellRefusals } from "./refusal-story.ts";
import { tellSetpoints } from "./setpoint-story.ts";
import { compressor, lease } from "./sites.ts";
import { inTurn, Story } from "./story.ts";
import { tellThread } from "./thread-story.ts";

/**
 * Stories that mostly wait, told at the same time: both outages take as long as a region is to be
 * away, and the others go one after the other beside them. The tests judge what was seen.
 */
const mosquitto = available("mosquitto");
const mounts = mayMount();
if (!mounts) process.stderr.write("skipped: disks that fail (that takes root and mount)\n");

const outages = {
  embedded: new Story(() => tellOutage("embedded")),
  mosquitto: new Story(() => tellOutage("mosquitto")),
};
const compressors = new Story(tellCompressor);
const threads = new Story(tellThread);
const setpoints = new Story(tellSetpoints);
const refusals = new Story(tellRefusals);
const disks = new Story(tellDisks);
const garbage = new Story(tellGarbage);

const patience = { timeout: 280_000 };
let over: Promise<unknown> = Promise.resolve();

beforeAll(() => {
  const beside = [compressors, setpoints, threads, refusals];
  over = Promise.all([
    outages.embedded.begin(),
    mosquitto ? outages.mosquitto.begin() : undefined,
    inTurn([...beside, ...(mosquitto ? [garbage] : []), ...(mounts ? [disks] : [])]),
  ]);
});

// Whatever a test thought of it: nothing is left behind.
afterAll(() => over, patience.timeout);

describe("a compressor whose node is killed while it rests", patience, () => {
  test("rests for all of its minimum pause before the next node starts it", async () => {
    for (const { length, held } of await compressors.told) {
      expect(length).toBeGreaterThanOrEqual(compressor.minOff);
      expect(held).toMatch(/above 4 by more than .*; rests \d s more \(minOff\)/);
    }
  });
});

describe("a setpoint from a person", patience, () => {
  test("is in force through the region, with owner and reason, and ends by itself", async () => {
    const { given, why, endedAfter } = await setpoints.told;
    expect(given).toMatchObject({ code: 0, said: expect.stringContaining("through region north") });
    expect(why?.winner).toMatchObject({
      authority: "grant",
      what: expect.stringMatching(/setpoint 6 degC, set by \w+: the door stays open/),
    });
    expect(endedAfter).toBeGreaterThan(5_000 - lease.renew);
    expect(endedAfter).toBeLessThan(10_000);
  });

  test("ends within the lease when the region dies, and stands again when it is back", async () => {
    const { endedWithRegion, resumed, resumedMode } = await setpoints.told;
    report("setpoint ended with its region", endedWithRegion);
    expect(endedWithRegion).toBeLessThan(lease.ttl + 1_500);
    expect([resumed, resumedMode]).toEqual([7, "connected"]);
  });

  test("works at the node itself while that is cut off, and ends by itself there", async () => {
    const { local, localLoop, localEndedAfter } = await setpoints.told;
    expect(local).toMatchObject({ code: 0, said: expect.stringContaining("through node room-1") });
    expect(localLoop?.authority).toBe("override");
    expect(localEndedAfter).toBeGreaterThan(2_500);
    expect(localEndedAfter).toBeLessThan(7_000);
  });

  test("outside the loop's bounds is refused, wherever it is given", async () => {
    for (const ran of (await setpoints.told).refused) {
      expect(ran.code).toBe(1);
      expect(ran.said).toMatch(/SETPOINT_BOUNDS[\s\S]*20 for cooling is outside its bounds 2 … 8/);
      expect(ran.said).toContain("choose a value inside the bounds");
    }
  });
});

// The debugger that ends the thread from within attaches to the sources only.
describe.skipIf(process.env["HOLDFAST_PROGRAM"])(
  "a node whose control thread ends",
  patience,
  () => {
    test.each(["dead", "hung"] as const)("has a new one where the old one is %s", async (how) => {
      const { back, faults } = (await threads.told)[how];
      report(`control again where the thread was ${how}`, back);
      expect(faults).toContain("CONTROL_LOST");
    });

    test("goes on as the same process, and loses nothing", async () => {
      const { pids, values, rests, audit } = await threads.told;
      expect(pids).toHaveLength(1);
      expect(values).toEqual([0, 1]);
      for (const rest of rests) expect(rest).toBeGreaterThanOrEqual(compressor.minOff);
      expect(audit).toMatchObject({ lost: 0, duplicates: 0, tombstoned: 0 });
    });
  },
);

describe("a node", patience, () => {
  test("controls with the device that it has, and keeps the output of the other one safe", async () => {
    const { partial } = await refusals.told;
    expect(partial.control?.mode).toBe("connected");
    expect(partial.control?.outputs).toContainEqual(
      expect.objectContaining({ output: "drain", value: 15, why: "basin is bad" }),
    );
    expect(partial.control?.outputs).toContainEqual(
      expect.objectContaining({ output: "valve", why: expect.stringMatching(/^steers/) }),
    );
    expect(partial.faults.filter(({ code }) => code === "DEVICE_UNREACHABLE")).toHaveLength(1);
  });

  test("and a region keep a second one off their folders, and do not notice", async () => {
    const { secondNode, secondRegion, before, after, turned } = await refusals.told;
    for (const ran of [secondNode, secondRegion]) {
      expect(ran).toMatchObject({ code: 1, said: expect.stringContaining("STORE_LOCKED") });
    }
    expect(after).toEqual(before);
    expect(turned).toBeGreaterThan(0);
  });

  test("does not suffer from a second region that finds its port in use", async () => {
    const { portTaken } = await refusals.told;
    expect(portTaken).toMatchObject({ code: 1, said: expect.stringContaining("PORT_IN_USE") });
  });
});

describe.skipIf(!mosquitto)("at a broker where anybody may say anything", patience, () => {
  test("nonsense on every topic is told as a fault, and as nothing else", async () => {
    const seen = await garbage.told;
    expect(seen.node.toSorted()).toEqual(["MESSAGE_MALFORMED", "MESSAGE_OVERSIZE"]);
    expect(seen.region.toSorted()).toEqual(["MESSAGE_MALFORMED", "MESSAGE_OVERSIZE"]);
    expect(seen.pidsAfter).toEqual(seen.pidsBefore);
    expect(seen.turned).toBeGreaterThan(0);
  });

  test("a command that was left on its topic is refused by the node that finds it", async () => {
    expect((await garbage.told).retained).toContain("MESSAGE_RETAINED");
  });

  test("nothing is lost by it, and nothing counts twice", async () => {
    const { audits, records } = await garbage.told;
    for (const audit of audits) expect(audit).toMatchObject({ lost: 0, duplicates: 0 });
    for (const record of records) expect(record).toMatchObject({ duplicates: 0, holes: 0 });
  });
});

describe.skipIf(!mounts)("a disk that takes nothing", patience, () => {
  test.each([
    ["full", "STORE_FULL"],
    ["readonly", "STORE_READONLY"],
  ] as const)(
    "%s: the node says so and controls on; afterwards nothing is lost",
    async (how, code) => {
      const { said, turned, audit, records } = (await disks.told)[how];
      expect(said).toBe(code);
      expect(turned).toBeGreaterThan(0);
      expect(audit).toMatchObject({ lost: 0, duplicates: 0, tombstoned: 0 });
      expect(records).toMatchObject({ duplicates: 0, holes: 0 });
      expect(records.longestGap).toBeLessThan(3_000);
    },
  );

  test("under the region makes its nodes keep what they have", async () => {
    const { said, kept } = (await disks.told).region;
    expect(said).toContain("STORE_FULL");
    expect(kept).toBeGreaterThan(0);
  });
});

describe.each([
  ["the embedded broker", "embedded", true],
  ["Debian's mosquitto", "mosquitto", mosquitto],
] as const)("a fleet with %s, its parts killed one after the other", (_, broker, runs) => {
  const claim = test.skipIf(!runs);

  claim(
    "keeps every output inside its bounds, by the devices' own registers",
    patience,
    async () => {
      const { nodes } = await outages[broker].told;
      for (const { outputs } of nodes) {
        for (const { name, min, max, values } of outputs) {
          expect(
            values.filter((value) => value < min || value > max),
            name,
          ).toEqual([]);
          // A bound that nothing ever came up to would have been kept by anybody.
          expect(values.at(-1), name).toBe(max);
        }
      }
    },
  );

  claim(
    "is autonomous as soon as the lease is over, and for as long as that lasts",
    patience,
    async () => {
      const { autonomousAfter, modesWithoutRegion } = await outages[broker].told;
      report(`autonomous (${broker})`, autonomousAfter);
      expect(autonomousAfter).toBeLessThan(lease.ttl + 3_000);
      expect(modesWithoutRegion).toEqual(["autonomous"]);
    },
  );

  claim("comes back by itself, whatever was killed", patience, async () => {
    const { back, region, faultsWithoutDevices } = await outages[broker].told;
    for (const [what, took] of Object.entries(back)) {
      if (took !== undefined) report(`${what} back (${broker})`, took);
    }
    expect(region.nodes.map(({ node, link, mode }) => [node, link, mode])).toEqual([
      ["room-1", "up", "connected"],
      ["room-2", "up", "connected"],
      ["tank-1", "up", "connected"],
    ]);
    expect(region.lease.held).toBe(true);
    expect(faultsWithoutDevices).toContain("DEVICE_UNREACHABLE");
  });

  claim("tells the modes in the order in which they were", patience, async () => {
    const once = ["connected", "autonomous", "connected"];
    const twice = [...once, "autonomous", "connected"];
    const { nodes } = await outages[broker].told;
    const told = nodes.map(({ records }) => records.modes.filter((mode) => mode !== "local"));
    // A node that was killed comes back on its own; without its broker each of them was alone before.
    expect(told).toEqual(broker === "embedded" ? [twice, once, once] : [twice, twice, twice]);
  });

  claim("loses nothing, counts nothing twice, and delivers it all", patience, async () => {
    const { nodes } = await outages[broker].told;
    for (const { node, audit, records } of nodes) {
      expect(audit, node).toMatchObject({ lost: 0, duplicates: 0, tombstoned: 0 });
      expect(audit.produced, node).toBeGreaterThan(300);
      expect(audit.buffered, node).toBeLessThanOrEqual(50);
      expect(records, node).toMatchObject({
        duplicates: 0,
        holes: 0,
        rows: audit.delivered,
        boots: node === "tank-1" ? 1 : 2,
      });
    }
  });

  claim("has a record of every second of a node that was never killed", patience, async () => {
    const { nodes } = await outages[broker].told;
    expect(nodes.find(({ node }) => node === "tank-1")?.records.longestGap).toBeLessThan(3_000);
  });

  claim("never breaks a compressor's minimum run and pause", patience, async () => {
    const { nodes } = await outages[broker].told;
    for (const { node, runs: ran, rests, evidence } of nodes.filter(isRoom)) {
      expect(rests.length, node).toBeGreaterThan(2);
      expect(Math.min(...rests), evidence).toBeGreaterThanOrEqual(compressor.minOff);
      expect(Math.min(...ran), evidence).toBeGreaterThanOrEqual(compressor.minOn);
    }
  });
});

const isRoom = ({ node }: { readonly node: string }): boolean => node.startsWith("room");

function report(what: string, took: number): void {
  process.stdout.write(`  ${what}: ${(took / 1_000).toFixed(1)} s\n`);
}
