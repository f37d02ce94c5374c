import { describe, expect, test } from "vitest";
import { Config } from "#src/contract/config.ts";
import { warningsOf } from "#src/contract/config-warnings.ts";
import { limits } from "#src/contract/limits.ts";
import { warnedOf, wrongWith } from "./site.ts";

type Change = Parameters<typeof wrongWith>[0];

test("a sound site is taken as it is, without a warning", () => {
  expect(wrongWith(() => {})).toEqual([]);
  expect(warnedOf(() => {})).toEqual([]);
});

const refusals: readonly (readonly [string, Change, string])[] = [
  [
    "a loop on an input that is not there",
    (site) => Object.assign(site.loops["filling"] ?? {}, { input: "levle" }),
    'CONFIG_REFERENCE loops.filling.input: there is no input or signal "levle", did you mean level?',
  ],
  [
    "a name that only every object has",
    (site) => Object.assign(site.inputs["level"] ?? {}, { device: "constructor" }),
    'CONFIG_REFERENCE inputs.level.device: there is no device "constructor"',
  ],
  [
    "two loops on one output",
    (site) => Object.assign(site.loops["pumping"] ?? {}, { output: "valve" }),
    "CONFIG_CONFLICT loops.pumping.output: valve is driven by loops.filling already",
  ],
  [
    "a safe setpoint that the envelope would move",
    (site) =>
      Object.assign(site.loops["filling"] ?? {}, {
        envelope: ["1.5 m", "2.5 m"],
        safeSetpoint: "1 m",
      }),
    "CONFIG_BOUNDS loops.filling.safeSetpoint: 1 is outside loops.filling.envelope 1.5 … 2.5",
  ],
  [
    "a setpoint weight without an integral part",
    (site) => {
      Object.assign(site.loops["filling"] ?? {}, { setpointWeight: 0.7, integralTime: undefined });
    },
    "CONFIG_CONFLICT loops.filling.setpointWeight: without an integral part the loop would hold 0.7 times its setpoint",
  ],
  [
    "an integral part at one point of operation alone",
    (site) => {
      const points = [
        { at: 0, gain: 1, integralTime: "1m" },
        { at: 1, gain: 2 },
      ];
      const schedule = { input: "level", points };
      Object.assign(site.loops["filling"] ?? {}, { schedule, integralTime: undefined });
    },
    "CONFIG_CONFLICT loops.filling.schedule.points[0].integralTime: the loop has none, and would lose its integral part where this point does not count",
  ],
  [
    "a lead without a lag",
    (site) => {
      const feedForward = { input: "level", gain: 1, lead: "10s" };
      Object.assign(site.loops["filling"] ?? {}, { feedForward });
    },
    "CONFIG_CONFLICT loops.filling.feedForward.lead: does nothing without a lag",
  ],
  [
    "a vote that needs more members than it has",
    (site) => {
      const signals = { agreed: { kind: "vote", of: ["level", "level"], least: 3 } };
      Object.assign(site, { signals });
    },
    "CONFIG_BOUNDS signals.agreed.least: 3 members can never be good: there are 2",
  ],
  [
    "an output that follows a value and has a loop as well",
    (site) => Object.assign(site.outputs["pump"] ?? {}, { follow: "level" }),
    "CONFIG_CONFLICT loops.pumping.output: pump is driven by what it follows, level, already",
  ],
  [
    "an output that follows what is not there",
    (site) => {
      Object.assign(site.outputs["valve"] ?? {}, { follow: "inflw" });
      delete site.loops["filling"];
    },
    'CONFIG_REFERENCE outputs.valve.follow: there is no input or signal "inflw"',
  ],
  [
    "an output that follows a value of another unit",
    (site) => {
      Object.assign(site.outputs["valve"] ?? {}, { follow: "level" });
      delete site.loops["filling"];
    },
    "CONFIG_UNIT outputs.valve.follow: level is in m, but the output is in %",
  ],
  [
    "a setpoint outside the loop's bounds",
    (site) => Object.assign(site.loops["filling"] ?? {}, { setpoint: 3.5 }),
    "CONFIG_BOUNDS loops.filling.setpoint: 3.5 is outside loops.filling.bounds 1 … 3",
  ],
  [
    "a safe setpoint outside the loop's bounds",
    (site) => Object.assign(site.loops["filling"] ?? {}, { safeSetpoint: "0.5 m" }),
    "CONFIG_BOUNDS loops.filling.safeSetpoint: 0.5 is outside loops.filling.bounds 1 … 3",
  ],
  [
    "a setpoint in another unit than the input's",
    (site) => Object.assign(site.loops["filling"] ?? {}, { setpoint: "2 ft" }),
    "CONFIG_UNIT loops.filling.setpoint: is in ft, but the signal is in m",
  ],
  [
    "bounds that the sensor cannot show",
    (site) => Object.assign(site.loops["filling"] ?? {}, { bounds: [1, 5] }),
    "CONFIG_BOUNDS loops.filling.bounds[1]: 5 is outside inputs.level.range 0 … 4",
  ],
  [
    "a range without an inside",
    (site) => Object.assign(site.outputs["valve"] ?? {}, { bounds: [100, 0] }),
    "CONFIG_BOUNDS outputs.valve.bounds: 100 … 0 is empty",
  ],
  [
    "a safe value outside the output's bounds",
    (site) => Object.assign(site.outputs["pump"] ?? {}, { safe: 2 }),
    "CONFIG_BOUNDS outputs.pump.safe: 2 is outside the output's bounds 0 … 1",
  ],
  [
    "bounds that the register cannot hold",
    (site) => Object.assign(site.outputs["valve"] ?? {}, { bounds: [0, 4_000] }),
    "CONFIG_BOUNDS outputs.valve.bounds[1]: 4000 is outside what the register can hold, -3276.8 … 3276.7",
  ],
  [
    "a rate of what is only on or off",
    (site) => Object.assign(site.outputs["pump"] ?? {}, { rate: 1 }),
    "CONFIG_CONFLICT outputs.pump.rate: what is only on or off does not move at a rate",
  ],
  [
    "an output without bounds",
    (site) => {
      delete site.outputs["valve"]?.["bounds"];
    },
    "CONFIG_MISSING outputs.valve.bounds: is missing",
  ],
  [
    "an output on a register that is only read",
    (site) =>
      Object.assign(site.outputs["pump"] ?? {}, { register: { kind: "discrete", address: 3 } }),
    "CONFIG_CONFLICT outputs.pump.register.kind: a discrete register cannot be written",
  ],
  [
    "a modulating loop on a coil",
    (site) => {
      delete site.loops["pumping"];
      Object.assign(site.loops["filling"] ?? {}, { output: "pump" });
    },
    "CONFIG_REFERENCE loops.filling.output: is a coil, which a pid loop cannot modulate",
  ],
  [
    "two inputs that share a word",
    (site) => {
      const register = { kind: "input", address: 1 };
      const wide = { kind: "input", address: 0, type: "float32" };
      Object.assign(site.inputs["level"] ?? {}, { register: wide });
      site.inputs["flow"] = { device: "plc", register, range: [0, 1] };
    },
    "CONFIG_OVERLAP inputs.flow.register.address: overlaps inputs.level: both use input 1 of plc",
  ],
  [
    "a value of two words at the last address",
    (site) =>
      Object.assign(site.inputs["level"] ?? {}, {
        register: { kind: "input", address: 65_535, type: "int32" },
      }),
    "CONFIG_BOUNDS inputs.level.register.address: int32 takes two registers, and 65535 is the last there is",
  ],
  [
    "a value that is stale before it is read again",
    (site) => Object.assign(site.inputs["level"] ?? {}, { maxAge: "100ms" }),
    "CONFIG_BOUNDS inputs.level.maxAge: is shorter than the poll period of 500ms: the value would always be stale",
  ],
  [
    "a negative deadband",
    (site) => Object.assign(site.loops["pumping"] ?? {}, { deadband: -1 }),
    "CONFIG_BOUNDS loops.pumping.deadband: -1 is less than 0",
  ],
  [
    "more devices than a node may have",
    (site) => {
      for (let i = 0; i < limits.devicesPerNode; i += 1)
        site.devices[`d${i}`] = { driver: "modbus-tcp", unit: i };
    },
    "CONFIG_BOUNDS devices: holds more than 32 devices",
  ],
  [
    "a plant behind a device that is not there",
    (site) => {
      site.simulation = { plx: { plant: "tank", signals: {} } };
    },
    'CONFIG_REFERENCE simulation.plx: there is no device "plx", did you mean plc?',
  ],
  [
    "a simulated signal that the site does not have",
    (site) => {
      site.simulation = { plc: { plant: "tank", signals: { valv: "valve" } } };
    },
    'CONFIG_REFERENCE simulation.plc.signals.valv: there is no input or output "valv", did you mean valve?',
  ],
];

describe("a site is refused for", () => {
  test.each(refusals)("%s", (_, change, said) => {
    expect(wrongWith(change)).toEqual([said]);
  });
});

test("what is sound is checked although its neighbour was refused", () => {
  const wrong = wrongWith((site) => {
    Object.assign(site.loops["filling"] ?? {}, { gain: "big", setpoint: 9, colour: "red" });
    Object.assign(site.devices["plc"] ?? {}, { prot: 502 });
  });
  expect(wrong).toEqual([
    "CONFIG_UNKNOWN_KEY devices.plc.prot: unknown key, did you mean port?",
    'CONFIG_TYPE loops.filling.gain: expected a number, found "big"',
    "CONFIG_UNKNOWN_KEY loops.filling.colour: unknown key",
    "CONFIG_BOUNDS loops.filling.setpoint: 9 is outside loops.filling.bounds 1 … 3",
  ]);
});

test("a misspelt key is one problem, not a missing key besides", () => {
  const wrong = wrongWith((site) => {
    const { setpoint, ...others } = site.loops["filling"] ?? {};
    site.loops["filling"] = { ...others, setpiont: setpoint };
  });
  expect(wrong).toEqual([
    "CONFIG_UNKNOWN_KEY loops.filling.setpiont: unknown key, did you mean setpoint?",
  ]);
});

test("what refers to a refused entry is not told that it does not exist", () => {
  const wrong = wrongWith((site) => {
    site.devices["plc"] = { driver: "modbus-rtu" };
  });
  expect(wrong).toEqual([
    'CONFIG_TYPE devices.plc.driver: expected one of modbus-tcp, mqtt, found "modbus-rtu"',
  ]);
});

test("bounds that were refused are not called missing", () => {
  const wrong = wrongWith((site) => {
    Object.assign(site.outputs["valve"] ?? {}, { bounds: "all" });
  });
  expect(wrong).toEqual([
    'CONFIG_TYPE outputs.valve.bounds: expected a list of two, [least, greatest], found "all"',
  ]);
});

const warnings: readonly (readonly [string, Change, string])[] = [
  [
    "a loop that decides more often than its input is read",
    (site) => Object.assign(site.loops["pumping"] ?? {}, { period: "100ms" }),
    "CONFIG_SLOW_INPUT loops.pumping.period",
  ],
  [
    "a value that one late answer makes stale",
    (site) => Object.assign(site.inputs["level"] ?? {}, { maxAge: "900ms" }),
    "CONFIG_TIGHT_AGE inputs.level.maxAge",
  ],
  [
    "a coil that is held when the program stops",
    (site) => Object.assign(site.outputs["pump"] ?? {}, { onAgentLoss: "hold" }),
    "CONFIG_HELD_COIL outputs.pump.onAgentLoss",
  ],
  [
    "a valve with the scale forgotten",
    (site) =>
      Object.assign(site.outputs["valve"] ?? {}, {
        register: { kind: "holding", address: 0 },
        bounds: [0, 1],
      }),
    "CONFIG_COARSE_OUTPUT outputs.valve.register",
  ],
  [
    "an on-off loop that nothing calms",
    (site) => Object.assign(site.loops["pumping"] ?? {}, { deadband: 0 }),
    "CONFIG_CHATTER loops.pumping.deadband",
  ],
  [
    "one device under two names",
    (site) => {
      site.devices["again"] = { driver: "modbus-tcp" };
    },
    "CONFIG_SHARED_DEVICE devices.again",
  ],
  [
    "an output refreshed too seldom for the watchdog",
    (site) => {
      site.simulation = { plc: { plant: "tank", watchdog: "3s", signals: {} } };
      Object.assign(site.outputs["pump"] ?? {}, { refresh: "1s" });
    },
    "CONFIG_STARVED_WATCHDOG outputs.valve.refresh",
  ],
];

describe("a site is warned of", () => {
  test.each(warnings)("%s", (_, change, said) => {
    expect(warnedOf(change)).toEqual([said]);
  });
});

describe("a region", () => {
  const region = (more: object) => ({ role: "region", region: "north", ...more });

  test.each([
    ["0.0.0.0", 1],
    ["192.168.1.5", 1],
    ["127.0.0.1", 0],
    ["::1", 0],
    ["localhost", 0],
  ])("whose broker listens on %s is warned of %i thing", (host, count) => {
    const config = Config.parse(region({ broker: { listen: { host } } }));
    expect(warningsOf(config)).toHaveLength(count);
  });

  test("renews its lease at least twice within its length", () => {
    expect(Config.safeParse(region({ lease: { ttl: "10s", renew: "5s" } })).success).toBe(true);
    expect(Config.safeParse(region({ lease: { ttl: "10s", renew: "6s" } })).success).toBe(false);
  });

  test("has one broker, its own or another", () => {
    const broker = { listen: {}, url: "mqtt://elsewhere" };
    expect(Config.safeParse(region({ broker })).success).toBe(false);
  });
});
