import { describe, expect, test } from "vitest";
import { checkSimulation } from "#firmware-sim/check-simulation.ts";
import type { Check } from "#src/adapters/config-file.ts";
import { bench } from "./config-bench.ts";

const { seen } = bench();
const simulated: Check = (config) => (config.role === "node" ? checkSimulation(config) : []);

const site = `role: node
node: n1
region: north
uplink: { url: mqtt://127.0.0.1 }
devices:
  plc: { driver: modbus-tcp, port: 5020 }
inputs:
  air: { device: plc, register: { kind: input, address: 0 }, unit: degC, range: [-40, 60] }
  product: { device: plc, register: { kind: input, address: 1 }, unit: degC, range: [-40, 60] }
outputs:
  compressor: { device: plc, register: { kind: coil, address: 0 }, safe: 0, onSensorBad: safe, onPartition: keep, onAgentLoss: safe }
loops:
  cooling:
    kind: on-off
    input: air
    output: compressor
    action: direct
    setpoint: 4 degC
    bounds: [2 degC, 8 degC]
    deadband: 1 degC
    period: 2m
    safeSetpoint: 5 degC
simulation:
  plc:
    plant: cold-room
    signals: { air: room-air, product: product, compressor: compressor }
`;

/** The site with one thing changed. */
function changed(from: string, to: string): string {
  expect(site.split(from)).toHaveLength(2);
  return site.replace(from, to);
}

test("the site that is changed here is sound", () => {
  expect(seen(site, { checks: [simulated] })).toBe("\n\n");
});

describe("a refused file shows", () => {
  test("a key that does not exist, with what was meant", () => {
    expect(seen(changed("safeSetpoint: 5", "safeSetpont: 5"))).toBe(`
holdfast.yaml:22:5 error CONFIG_UNKNOWN_KEY loops.cooling.safeSetpont: unknown key, did you mean safeSetpoint?
   22 |     safeSetpont: 5 degC
      |     ^^^^^^^^^^^
    fix: rename it to safeSetpoint
`);
  });

  test("two signals on one register", () => {
    expect(seen(changed("address: 1 }", "address: 0 }"))).toBe(`
holdfast.yaml:9:61 error CONFIG_OVERLAP inputs.product.register.address: overlaps inputs.air: both use input 0 of plc
    9 |   product: { device: plc, register: { kind: input, address: 0 }, unit: degC, range: [-40, 60] }
      |                                                             ^
    fix: give each an address of its own; see the device's manual
`);
  });

  test("two signals of which one takes two registers", () => {
    const wide = changed("address: 0 }, unit", "address: 0, type: int32 }, unit");
    expect(seen(wide)).toContain("both use input 1 of plc");
    expect(seen(wide)).toContain("fix: a value of 32 bits takes two addresses");
  });

  test("a key that is missing, with all forms that it has", () => {
    expect(seen(changed(", onPartition: keep", ""))).toContain(
      "fix: add onPartition: with one of: keep (with its loop), deenergize (0), safe (its safe value), ",
    );
  });

  test("a safe state without its first word, with what was meant", () => {
    const said = (state: string) => seen(changed("onSensorBad: safe", `onSensorBad: ${state}`));
    expect(said("10m")).toContain("fix: write hold 10m\n");
    expect(said("1 %")).toContain("fix: write value 1 %\n");
    expect(said("6m on 12m off")).toContain("fix: write cycle 6m on 12m off\n");
    expect(said("0")).toContain("expected one of its forms, found 0\n");
    expect(said("0")).toContain("fix: write value 0\n");
    expect(said("off")).toContain("fix: write one of: deenergize (0), ");
  });

  test("a reset without its first word, with what was meant", () => {
    const hot = "interlocks:\n  hot: { trip: air > 9, force: { compressor: 1 }, reset: 3m }\n";
    expect(seen(site + hot)).toContain("fix: write after 3m\n");
  });

  test("a setpoint outside its bounds", () => {
    expect(seen(changed("setpoint: 4 degC", "setpoint: 9 degC"))).toBe(`
holdfast.yaml:18:15 error CONFIG_BOUNDS loops.cooling.setpoint: 9 is outside loops.cooling.bounds 2 … 8
   18 |     setpoint: 9 degC
      |               ^^^^^^
    fix: choose a value inside, or widen loops.cooling.bounds
`);
  });

  test("a bound that the sensor cannot show, with the range that is meant", () => {
    expect(seen(changed("bounds: [2 degC, 8 degC]", "bounds: [2 degC, 80 degC]"))).toContain(
      "fix: choose a value inside, or widen inputs.air.range\n",
    );
  });

  test.each(["", '"', "'"])("what is wrong in a rule at its place, also between %s", (quote) => {
    const hot = `interlocks:\n  hot: { trip: ${quote}air > 23.5 and product > 1${quote}, force: { compressor: 1 } }\n`;
    const line = seen(site + hot)
      .split("\n")
      .slice(2, 4);
    expect(line[1]?.indexOf("^^^")).toBe(line[0]?.indexOf("and product"));
    expect(line[1]?.trimEnd()).toMatch(/ \^{3}$/);
    const misspelt = seen(site + hot.replace("and product", "&& prodct"))
      .split("\n")
      .slice(2, 4);
    expect(misspelt[1]?.indexOf("^^^^^^")).toBe(misspelt[0]?.indexOf("prodct"));
  });

  test("a value in a wrong unit", () => {
    expect(seen(changed("deadband: 1 degC", "deadband: 1 K # wide"))).toBe(`
holdfast.yaml:20:15 error CONFIG_UNIT loops.cooling.deadband: is in K, but the signal is in degC
   20 |     deadband: 1 K # wide
      |               ^^^
    fix: convert it to degC: nothing is converted for you
`);
  });

  test("a length of time without its unit", () => {
    expect(seen(changed("period: 2m", "period: 2"))).toBe(`
holdfast.yaml:21:13 error CONFIG_TYPE loops.cooling.period: expected a length of time with its unit, such as 250ms, 5s or 10m, found 2
   21 |     period: 2
      |             ^
    fix: write 2s
`);
  });

  test("a number that is none", () => {
    expect(seen(changed("deadband: 1 degC", "deadband: .nan"))).toBe(`
holdfast.yaml:20:15 error CONFIG_TYPE loops.cooling.deadband: expected a number with or without its unit, such as 4.5 or 4.5 degC, found .nan
   20 |     deadband: .nan
      |               ^^^^
    fix: write a number with or without its unit, such as 4.5 or 4.5 degC
`);
  });

  test("a decimal comma, with what was meant", () => {
    expect(seen(changed("deadband: 1 degC", "deadband: 1,5 degC"))).toBe(`
holdfast.yaml:20:15 error CONFIG_TYPE loops.cooling.deadband: "1,5 degC" is not a number with or without its unit
   20 |     deadband: 1,5 degC
      |               ^^^^^^^^
    fix: write 1.5 degC, with a point
`);
  });

  test("what is missing, at what it should be in", () => {
    expect(seen(changed("    deadband: 1 degC\n", ""))).toBe(`
holdfast.yaml:13:3 error CONFIG_MISSING loops.cooling.deadband: is missing
   13 |   cooling:
      |   ^^^^^^^
    fix: add deadband: with a number with or without its unit, such as 4.5 or 4.5 degC. Full width of the band around the setpoint in which the output is left as it is.
`);
  });

  test("a key with nothing behind it", () => {
    const without = site.slice(0, site.indexOf("  cooling:"));
    expect(seen(without)).toBe(`
holdfast.yaml:12:1 error CONFIG_MISSING loops: has no value
   12 | loops:
      | ^^^^^
    fix: write a map of keys and values behind it, or write loops: {} for none
`);
  });

  test("a sensor that the plant does not have", () => {
    expect(seen(changed("air: room-air", "air: room"), { checks: [simulated] })).toContain(
      "\nholdfast.yaml:26:21 error CONFIG_REFERENCE simulation.plc.signals.air: the cold-room plant has no",
    );
  });

  test("a mistake behind an alias where it can be mended", () => {
    const text = changed("{ kind: input, address: 1 }", "*shared").replace(
      "{ kind: input, address: 0 }",
      "&shared { kind: input, address: 99999 }",
    );
    expect(seen(text).match(/:\d+:\d+ error \w+ [\w.-]+/g)).toEqual([
      ":8:65 error CONFIG_BOUNDS inputs.air.register.address",
      ":8:65 error CONFIG_BOUNDS inputs.product.register.address",
    ]);
  });

  test("CF2: all that is wrong at once, in the order of the file", () => {
    const text = changed("port: 5020", "port: 99999")
      .replace("safe: 0", "safe: 3")
      .replace("input: air", "input: room")
      .replace("deadband: 1 degC", "deadband: wide")
      .replace("node: n1", "node: n1\nnodes: 3");
    expect(seen(text).match(/:\d+:\d+ error \w+ [\w.-]+/g)).toEqual([
      ":3:1 error CONFIG_UNKNOWN_KEY nodes",
      ":7:36 error CONFIG_BOUNDS devices.plc.port",
      ":12:74 error CONFIG_BOUNDS outputs.compressor.safe",
      ":16:12 error CONFIG_REFERENCE loops.cooling.input",
      ":21:15 error CONFIG_TYPE loops.cooling.deadband",
    ]);
  });

  test("no password that stands in a URL", () => {
    const shown = seen(changed("url: mqtt://127.0.0.1", "url: http://me:secret@x"));
    expect(shown).toContain("url: http://*********@x");
    expect(shown).not.toContain("secret");
  });
});

describe("Y1, Y2, Y3: a text is refused that", () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ["says nothing", "", "1:1 error CONFIG_MISSING the file says nothing"],
    ["says nothing but a comment", "# later\n", "1:1 error CONFIG_MISSING the file says nothing"],
    [
      "is a list",
      "- role: node\n",
      "1:1 error CONFIG_TYPE expected a map of keys and values, found a list",
    ],
    [
      "is one word",
      "node",
      "1:1 error CONFIG_TYPE expected a map of keys and values, found a single value",
    ],
    [
      "has a list where a map belongs",
      "role: node\nnode: a\nregion: b\ndevices: {}\ninputs: []\noutputs: {}\nloops: {}\n",
      "5:9 error CONFIG_TYPE inputs: expected a map of keys and values, found a list",
    ],
    ["has no role", "region: north\n", "1:1 error CONFIG_MISSING role: is missing"],
    [
      "has an unknown role",
      "role: nod\n",
      '1:7 error CONFIG_TYPE role: expected one of node, region, found "nod"',
    ],
    [
      "says a key twice",
      "role: region\nregion: a\nregion: b\n",
      '3:1 error CONFIG_DUPLICATE_KEY region: "region" stands on line 2 already',
    ],
    [
      "indents with tabs",
      "role: region\nlog:\n\tlevel: info\n",
      "3:1 error CONFIG_SYNTAX a tab is used to indent",
    ],
    [
      "has two documents",
      "role: region\n---\nrole: node\n",
      "2:1 error CONFIG_SYNTAX begins a second document",
    ],
    [
      "leaves a quote open",
      'role: "region\n',
      "1:14 error CONFIG_SYNTAX a closing quote or bracket is missing",
    ],
    [
      "forgets a colon",
      "role: region\nregion\n",
      "2:1 error CONFIG_SYNTAX a key has no : behind it",
    ],
    [
      "holds a control character",
      "role: reg\u0000ion\n",
      "1:10 error CONFIG_SYNTAX is a control character",
    ],
    [
      "merges keys",
      "role: region\na: &a {}\nlog:\n  <<: *a\n",
      "4:3 error CONFIG_SYNTAX log.<<: merge keys are not read here",
    ],
    [
      "refers to nothing",
      "role: *what\n",
      "1:7 error CONFIG_SYNTAX role: there is no anchor &what above",
    ],
    ["refers to itself", "role: &a [*a]\n", "1:11 error CONFIG_SYNTAX role"],
    ["sets a tag", "role: !node node\n", "1:7 error CONFIG_SYNTAX a tag is not known here"],
    [
      "poisons objects",
      "__proto__: {}\nrole: region\n",
      "1:1 error CONFIG_SYNTAX __proto__: cannot be a key",
    ],
  ];

  test.each(refused)("%s", (_, text, said) => {
    expect(seen(text)).toContain(`\nholdfast.yaml:${said}`);
  });

  test("grows without end behind its aliases", () => {
    const names = [..."abcdefghi"];
    const bomb = names.map((name, at) => {
      const inner =
        at === 0
          ? "1"
          : Array(9)
              .fill(`*${names[at - 1]}`)
              .join(",");
      return `${name}: &${name} [${inner}]`;
    });
    expect(seen(bomb.join("\n"))).toContain("is alias 101, more than a configuration needs");
  });

  test("is nested beyond measure", () => {
    expect(seen("[".repeat(20_000))).toContain("error CONFIG_SYNTAX is nested too deep");
  });

  test("has more values than any configuration", () => {
    expect(seen(`role: [${"1,".repeat(60_000)}]`)).toContain("is value 50001");
  });
});
