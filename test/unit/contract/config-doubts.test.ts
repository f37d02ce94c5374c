import { describe, expect, test } from "vitest";
import { Config } from "#src/contract/config.ts";
import { warningsOf } from "#src/contract/config-warnings.ts";
import { tankSite, warnedOf, wrongWith } from "./site.ts";

type Change = Parameters<typeof wrongWith>[0];

const tripOn =
  (trip: string): Change =>
  (site) =>
    Object.assign(site, { interlocks: { flood: { trip, force: { pump: 1 } } } });
const scheduled =
  (from: string, to: string): Change =>
  (site) => {
    const at = [{ from, to, value: 1 }];
    Object.assign(site, { signals: { night: { kind: "schedule", zone: "UTC", default: 0, at } } });
  };
const pumpCycles =
  (onSensorBad: string, times: object): Change =>
  (site) =>
    Object.assign(site.outputs["pump"] ?? {}, { onSensorBad, ...times });
const split =
  (valve: readonly [number, number], pump: readonly [number, number]): Change =>
  (site) => {
    delete site.loops["pumping"];
    Object.assign(site.loops["filling"] ?? {}, { output: "both" });
    const part = (output: string, [from, to]: readonly [number, number]) => ({ output, from, to });
    const to = [part("valve", valve), part("pump", pump)];
    Object.assign(site, { drives: { both: { kind: "split-range", to } } });
  };
const saidOf = (change: Change): string[] => {
  const site = tankSite();
  change(site);
  return warningsOf(Config.parse(site)).map(({ message }) => message);
};

describe("a rule that its sensor's range decides is doubted", () => {
  test.each([
    ["level > 2350", "level > 2350 is never so: the range of level is 0 … 4"],
    ["level >= 4.1 || level < 0.5", "level >= 4.1 is never so: the range of level is 0 … 4"],
    ["!(2350 < level)", "level > 2350 is never so: the range of level is 0 … 4"],
    ["level < -1", "level < -1 is never so: the range of level is 0 … 4"],
    ["level <= 4", "level <= 4 is always so: the range of level is 0 … 4"],
    ["level == 5", "level == 5 is never so: the range of level is 0 … 4"],
    ["level != 5", "level != 5 is always so: the range of level is 0 … 4"],
  ])("%s", (trip, said) => {
    expect(saidOf(tripOn(trip))).toEqual([said]);
    expect(warnedOf(tripOn(trip))).toEqual(["CONFIG_FOREGONE interlocks.flood.trip"]);
  });

  test("also where it is a signal", () => {
    const change: Change = (site) => {
      const signals = { full: { kind: "rule", expression: "level > 400 ? 1 : 0" } };
      Object.assign(site, { signals });
    };
    expect(warnedOf(change)).toEqual(["CONFIG_FOREGONE signals.full.expression"]);
  });

  test.each(["level > 3.9", "level >= 4", "level < 0.1", "level <= 0", "level * 10 > 20"])(
    "but not where %s depends on it",
    (trip) => {
      expect(warnedOf(tripOn(trip))).toEqual([]);
    },
  );
});

describe("a time of day that ends before it begins", () => {
  test("is doubted when it lasts nearly a day, and how long is said", () => {
    expect(warnedOf(scheduled("04:20", "04:00"))).toEqual([
      "CONFIG_LONG_SCHEDULE signals.night.at[0].to",
    ]);
    expect(saidOf(scheduled("04:20", "04:00"))).toEqual([
      "04:00 is on the next day: it lasts 23h 40m from 04:20",
    ]);
  });

  test.each([
    ["22:00", "06:00"],
    ["17:00", "09:00"],
    ["00:00", "24:00"],
    ["04:00", "23:40"],
  ])("is not from %s to %s", (from, to) => {
    expect(warnedOf(scheduled(from, to))).toEqual([]);
  });
});

describe("a cycle without a sensor", () => {
  test("is doubted when it runs or rests shorter than its machine may", () => {
    expect(saidOf(pumpCycles("cycle 1m on 14m off", { minOn: "2m" }))).toEqual([
      "runs 1m, less than its minOn of 2m, for which no safe state waits",
    ]);
    expect(saidOf(pumpCycles("cycle 6m on 1m off", { minOff: "3m" }))).toEqual([
      "rests 3m and not 1m, as its minOff says, and runs for less",
    ]);
  });

  test("may be as short as its machine allows", () => {
    expect(warnedOf(pumpCycles("cycle 2m on 3m off", { minOn: "2m", minOff: "3m" }))).toEqual([]);
  });
});

describe("two parts of a split range", () => {
  test("are doubted where one opens while the other closes", () => {
    expect(saidOf(split([0.6, 0], [0.4, 1]))).toEqual([
      "pump and valve both act from 0.4 to 0.6, one against the other",
    ]);
  });

  test("may meet, or go the same way", () => {
    expect(warnedOf(split([0.5, 0], [0.5, 1]))).toEqual([]);
    expect(warnedOf(split([0, 0.6], [0.4, 1]))).toEqual([]);
  });
});

test("addresses out of a vendor's table are doubted, once for each device", () => {
  const change: Change = (site) => {
    const register = (address: number) => ({ register: { kind: "holding", address } });
    Object.assign(site.inputs["level"] ?? {}, register(40_001));
    Object.assign(site.outputs["valve"] ?? {}, {
      register: { ...register(40_010).register, scale: 0.1 },
    });
  };
  expect(warnedOf(change)).toEqual(["CONFIG_VENDOR_ADDRESS inputs.level.register.address"]);
  const site = tankSite();
  change(site);
  expect(warningsOf(Config.parse(site))[0]?.remedy).toContain(
    "address 0 is 40001 in the vendor's table: write 0",
  );
});

describe("a site is refused for", () => {
  test("more machines at once than there are", () => {
    const wrong = wrongWith((site) => {
      delete site.loops["pumping"];
      Object.assign(site.loops["filling"] ?? {}, { output: "pumps" });
      const machines = [{ output: "valve" }, { output: "pump" }];
      Object.assign(site, { drives: { pumps: { kind: "staging", machines, most: 3 } } });
    });
    expect(wrong).toEqual([
      "CONFIG_BOUNDS drives.pumps.most: 3 is more than there is: 2 in machines",
    ]);
  });

  test("a coil that is to be half on", () => {
    const said = "0.5 is between off and on, and it knows 0 and 1 only";
    const force = { pump: 0.5 };
    expect(
      wrongWith((site) =>
        Object.assign(site, { interlocks: { flood: { trip: "level > 3", force } } }),
      ),
    ).toEqual([`CONFIG_BOUNDS interlocks.flood.force.pump: ${said}`]);
    expect(wrongWith((site) => Object.assign(site.outputs["pump"] ?? {}, { safe: 0.5 }))).toEqual([
      `CONFIG_BOUNDS outputs.pump.safe: ${said}`,
    ]);
    expect(wrongWith(pumpCycles("value 0.5", {}))).toEqual([
      `CONFIG_BOUNDS outputs.pump.onSensorBad: ${said}`,
    ]);
  });
});
