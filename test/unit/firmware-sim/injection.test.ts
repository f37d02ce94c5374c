import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseInjection } from "#firmware-sim/injection.ts";
import { placeFault } from "#firmware-sim/place-fault.ts";
import { site } from "./site.ts";

const onPlc = (rest: object): string => JSON.stringify({ node: "n1", device: "plc", ...rest });
const refusal = (line: string): string => {
  const parsed = parseInjection(line);
  return "refused" in parsed ? parsed.refused : "taken";
};

describe("a line of the fault protocol", () => {
  test.each([
    { kind: "stuck", signal: "room-air" },
    { kind: "offset", signal: "room-air", by: -2.5 },
    { kind: "drift", signal: "room-air", perHour: 3 },
    { kind: "noise", signal: "room-air", times: 10 },
    { kind: "stuck-actuator", signal: "compressor" },
    { kind: "dropout" },
    { kind: "slow", millis: 300 },
  ] as const)("breaks a device: $kind", (fault) => {
    expect(parseInjection(onPlc({ fault }))).toEqual({
      injection: { node: "n1", device: "plc", fault },
    });
  });

  test("mends a device", () => {
    expect(parseInjection(onPlc({ clear: true }))).toEqual({
      injection: { node: "n1", device: "plc", fault: undefined },
    });
  });

  test.each([
    ["hello", "not JSON"],
    ["[]", "not a JSON object"],
    ["null", "not a JSON object"],
    ['{"device":"plc","clear":true}', "node names a node"],
    ['{"node":"n1","device":"P L C","clear":true}', "device names a device"],
    [onPlc({}), "either fault or clear"],
    [onPlc({ clear: true, fault: { kind: "dropout" } }), "either fault or clear"],
    [onPlc({ clear: "yes" }), "clear is true"],
    [onPlc({ clear: true, now: 1 }), 'unknown key "now"'],
    [onPlc({ fault: "dropout" }), "an object with a kind"],
    [onPlc({ fault: { kind: "fire" } }), "kind is one of: stuck, offset, drift"],
    [onPlc({ fault: { kind: "constructor" } }), "kind is one of"],
    [onPlc({ fault: { kind: "stuck" } }), "a stuck fault needs signal: the name of an input"],
    [onPlc({ fault: { kind: "offset", signal: "a", by: "2" } }), "needs by: a number"],
    [onPlc({ fault: { kind: "slow", millis: 1e9 } }), "needs millis: a number in 0 … 60000"],
    [onPlc({ fault: { kind: "slow", millis: -1 } }), "needs millis"],
    [onPlc({ fault: { kind: "dropout", signal: "a" } }), 'a dropout fault has no "signal"'],
    [`"${"x".repeat(5_000)}"`, "at most 4096 characters"],
  ])("is refused with a reason: %s", (line, reason) => {
    expect(refusal(line)).toContain(reason);
  });

  test("never throws, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(refusal(line)).not.toBe("");
      }),
    );
  });
});

describe("a fault in the words of the site file", () => {
  const place = (fault: Parameters<typeof placeFault>[2]) => placeFault(site(), "plc", fault);

  test("lands on the plant's sensor behind the input", () => {
    expect(place({ kind: "stuck", signal: "air" })).toEqual({
      fault: { kind: "stuck", signal: "room-air" },
    });
  });

  test("may name the plant's own sensor or actuator", () => {
    expect(place({ kind: "stuck", signal: "evaporator" })).toMatchObject({
      fault: { signal: "evaporator" },
    });
    expect(place({ kind: "stuck-actuator", signal: "fan" })).toMatchObject({
      fault: { signal: "fan" },
    });
  });

  test("is refused on a signal that is not there, or of the other sort", () => {
    expect(place({ kind: "stuck", signal: "humidity" })).toEqual({
      refused:
        '"humidity" is no sensor of plc; there is room-air, product, evaporator, ambient, door, compressor-current',
    });
    expect(place({ kind: "stuck", signal: "compressor" })).toHaveProperty("refused");
    expect(place({ kind: "stuck-actuator", signal: "air" })).toHaveProperty("refused");
  });

  test("of the whole device is left as it is", () => {
    expect(place({ kind: "dropout" })).toEqual({ fault: { kind: "dropout" } });
  });
});
