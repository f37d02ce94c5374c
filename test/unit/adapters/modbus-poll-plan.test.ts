import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  pollPlan,
  type ReadRequest,
  signalsOf,
  splitRequest,
  wordsOf,
} from "#src/adapters/modbus-poll-plan.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { isBit, registerKinds, widthOf } from "#src/contract/registers.ts";

interface Place {
  readonly kind: string;
  readonly address: number;
  readonly type?: string | undefined;
  readonly poll?: string | undefined;
  readonly device?: string;
}

const site = (inputs: readonly Place[], outputs: readonly Place[] = []) =>
  NodeConfig.parse({
    role: "node",
    node: "n1",
    region: "north",
    devices: { plc: { driver: "modbus-tcp" }, other: { driver: "modbus-tcp" } },
    inputs: named("in", inputs, (place) => ({
      ...signal(place),
      range: [0, 1],
      maxAge: "1h",
      poll: place.poll,
    })),
    outputs: named("out", outputs, (place) => ({
      ...signal(place),
      bounds: [0, 1],
      safe: 0,
      onSensorBad: "safe",
      onPartition: "keep",
      onAgentLoss: "safe",
    })),
    loops: {},
  });

const signal = ({ kind, address, type, device = "plc" }: Place) => ({
  device,
  register: { kind, address, type },
});

const named = (prefix: string, places: readonly Place[], say: (place: Place) => object) =>
  Object.fromEntries(places.map((place, index) => [`${prefix}${index}`, say(place)]));

const shapes = (requests: readonly ReadRequest[]): string[] =>
  requests.map(({ kind, address, length }) => `${kind} ${address} ${length}`);

const planned = (...inputs: readonly Place[]): string[] => shapes(pollPlan(site(inputs), "plc"));

describe("a poll plan", () => {
  test("takes neighbours together, whatever their order in the file", () => {
    expect(
      planned(
        { kind: "input", address: 7 },
        { kind: "input", address: 5, type: "float32" },
        { kind: "input", address: 4 },
      ),
    ).toEqual(["input 4 4"]);
  });

  test("PP2: bridges a gap of eight addresses and not of nine", () => {
    expect(planned({ kind: "coil", address: 0 }, { kind: "coil", address: 9 })).toEqual([
      "coil 0 10",
    ]);
    expect(planned({ kind: "coil", address: 0 }, { kind: "coil", address: 10 })).toEqual([
      "coil 0 1",
      "coil 10 1",
    ]);
  });

  test("PP2, PP3: ends a request before the value that would not fit whole", () => {
    const dense = Array.from({ length: 99 }, (_, address) => ({ kind: "holding", address }));
    const plan = planned(...dense, { kind: "holding", address: 99, type: "int32" });
    expect(plan).toEqual(["holding 0 99", "holding 99 2"]);
  });

  test("keeps apart what is of another kind, period or device", () => {
    const near = { kind: "holding", address: 0 };
    const plan = pollPlan(
      site([
        near,
        { kind: "input", address: 1 },
        { kind: "holding", address: 2, poll: "50ms" },
        { kind: "holding", address: 3, device: "other" },
      ]),
      "plc",
    );
    expect(shapes(plan)).toEqual(["holding 0 1", "input 1 1", "holding 2 1"]);
    expect(plan.map(({ period }) => period)).toEqual([500, 500, 50]);
  });

  test("PP1: reads outputs back with their neighbours among the inputs", () => {
    const [request] = pollPlan(
      site([{ kind: "coil", address: 1 }], [{ kind: "coil", address: 0 }]),
      "plc",
    );
    expect(request?.signals.map(({ list, index, name }) => [list, index, name])).toEqual([
      ["outputs", 0, "out0"],
      ["inputs", 0, "in0"],
    ]);
  });

  test("is empty for a device without signals", () => {
    expect(pollPlan(site([{ kind: "coil", address: 0 }]), "other")).toEqual([]);
  });

  test("gives each signal its own words", () => {
    const [request] = pollPlan(
      site([
        { kind: "input", address: 10 },
        { kind: "input", address: 12, type: "float32" },
      ]),
      "plc",
    ) as [ReadRequest];
    const words = request.signals.map((one) => wordsOf(request, one, [1, 2, 3, 4]));
    expect(words).toEqual([[1], [3, 4]]);
  });

  test("is taken apart at its gaps first, then signal by signal, then no more", () => {
    const [whole] = pollPlan(
      site([
        { kind: "input", address: 0 },
        { kind: "input", address: 1 },
        { kind: "input", address: 5 },
      ]),
      "plc",
    ) as [ReadRequest];
    const pieces = splitRequest(whole);
    expect(shapes(pieces)).toEqual(["input 0 2", "input 5 1"]);
    const singles = splitRequest(pieces[0] as ReadRequest);
    expect(shapes(singles)).toEqual(["input 0 1", "input 1 1"]);
    expect(shapes(splitRequest(singles[0] as ReadRequest))).toEqual(["input 0 1"]);
  });
});

/** Places of any kind and density that do not overlap in their list. */
const places = (kinds: readonly string[]): fc.Arbitrary<Place[]> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom(...kinds),
        gap: fc.oneof(fc.nat(3), fc.nat(12), fc.nat(300)),
        wide: fc.boolean(),
        poll: fc.constantFrom(undefined, "20ms", "1s"),
      }),
      { maxLength: 250 },
    )
    .map((drawn) => {
      const ends = new Map<string, number>();
      return drawn.map(({ kind, gap, wide, poll }) => {
        const isWide = wide && (kind === "input" || kind === "holding");
        const address = (ends.get(kind) ?? 0) + gap;
        ends.set(kind, address + (isWide ? 2 : 1));
        return { kind, address, type: isWide ? "uint32" : undefined, poll };
      });
    })
    .map((drawn) => drawn.filter(({ address }) => address < 65_000));

describe("every poll plan", () => {
  const sites = fc
    .tuple(places(registerKinds), places(["coil", "holding"]))
    .map(([inputs, outputs]) => site(inputs, outputs.slice(0, 120)));

  const covers = (requests: readonly ReadRequest[], config: NodeConfig): void => {
    const covered = requests.flatMap(({ signals }) => signals.map(({ name }) => name));
    const wanted = signalsOf(config, "plc").map(({ name }) => name);
    expect(covered.toSorted()).toEqual(wanted.toSorted());
  };

  const isSound = (request: ReadRequest): void => {
    const { kind, address, length, signals, period } = request;
    expect(length).toBeLessThanOrEqual(isBit(kind) ? 1_000 : 100);
    let end = address;
    for (const one of signals) {
      const { register } = one;
      expect(register.kind).toBe(kind);
      expect(one.period).toBe(period);
      expect(register.address).toBeGreaterThanOrEqual(address);
      expect(register.address + widthOf(register)).toBeLessThanOrEqual(address + length);
      expect(register.address - end).toBeLessThanOrEqual(8);
      end = Math.max(end, register.address + widthOf(register));
    }
    expect(end).toBe(address + length);
  };

  test("PP1–PP3: covers every signal once, in requests within bounds", () => {
    fc.assert(
      fc.property(sites, (config) => {
        const plan = pollPlan(config, "plc");
        covers(plan, config);
        plan.forEach(isSound);
      }),
      { numRuns: 60 },
    );
  });

  test("PP1–PP3: also when it is taken apart to the last signal", () => {
    fc.assert(
      fc.property(sites, (config) => {
        let plan = pollPlan(config, "plc");
        for (let depth = 0; depth < 2; depth += 1) {
          plan = plan.flatMap(splitRequest);
          covers(plan, config);
          plan.forEach(isSound);
        }
        expect(plan.every(({ signals }) => signals.length === 1)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
