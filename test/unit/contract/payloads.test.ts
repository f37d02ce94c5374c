import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Payload, type PayloadPlace, payloadOf } from "#src/contract/payloads.ts";

const plain: PayloadPlace = { scale: 1, offset: 0 };
const heard = (text: string, place: Partial<PayloadPlace> = {}) =>
  new Payload(text).at({ ...plain, ...place });

describe("a payload", () => {
  test.each([
    ["21.5", 21.5],
    [" -3 ", -3],
    ["1e3", 1_000],
    ["true", 1],
    ["OFF", 0],
    ["on", 1],
  ])("%s is the number %d", (text, value) => expect(heard(text)).toBe(value));

  test.each(["", "warm", "0x10", "Infinity", "21.5 °C", "null", '{"value":1}', "\uFFFD"])(
    "PY1: %j is no number",
    (text) => expect(heard(text)).toBeNaN(),
  );

  test("is read at a path, through objects and lists", () => {
    const text = '{"params":{"temperature:0":{"tC":4.25}},"list":[1,{"on":true}],"word":"7"}';
    expect(heard(text, { path: "params.temperature:0.tC" })).toBe(4.25);
    expect(heard(text, { path: "list.1.on" })).toBe(1);
    expect(heard(text, { path: "word" })).toBe(7);
  });

  test("PY1: says nothing of what its JSON does not hold, and no number where it is no JSON", () => {
    expect(heard('{"humidity":40}', { path: "temperature" })).toBeUndefined();
    expect(heard('{"humidity":40}', { path: "humidity.value" })).toBeUndefined();
    expect(heard('{"a":{}}', { path: "a.constructor" })).toBeUndefined();
    expect(heard('{"temperature":null}', { path: "temperature" })).toBeNaN();
    expect(heard("offline", { path: "temperature" })).toBeNaN();
  });

  test("PY1: whatever comes, the outcome is a number, none, or nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.option(fc.string()), (text, path) => {
        const value = heard(text, path === null ? {} : { path });
        expect(["number", "undefined"]).toContain(typeof value);
        expect(value).not.toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  test("is scaled without the noise of binary fractions", () => {
    expect(heard("357", { scale: 0.01 })).toBe(3.57);
    expect(heard("50", { scale: 0.1, offset: -2 })).toBe(3);
  });
});

describe("an order", () => {
  const switched: PayloadPlace = { ...plain, words: { on: "open", off: "shut" } };

  test("is the number, alone or at its path", () => {
    expect(payloadOf(plain, 62.5)).toBe("62.5");
    expect(payloadOf({ ...plain, path: "params.brightness", scale: 0.5 }, 10)).toBe(
      '{"params":{"brightness":20}}',
    );
  });

  test("is a word for a switch, and a boolean where JSON has one", () => {
    expect([payloadOf(switched, 1), payloadOf(switched, 0)]).toEqual(["open", "shut"]);
    expect(payloadOf({ ...switched, path: "state" }, 1)).toBe('{"state":"open"}');
    const boolean = { ...plain, path: "on", words: { on: "true", off: "false" } };
    expect(payloadOf(boolean, 0)).toBe('{"on":false}');
  });

  test("PY2: reads back as the value it was", () => {
    const place = fc.record({
      path: fc.constantFrom(undefined, "state", "a.b"),
      scale: fc.constantFrom(1, 0.1, -2.5, 100),
      offset: fc.constantFrom(0, -40, 0.3),
    });
    fc.assert(
      fc.property(place, fc.integer({ min: -1e6, max: 1e6 }), (where, tenths) => {
        const value = tenths / 10;
        expect(new Payload(payloadOf(where, value)).at(where)).toBeCloseTo(value, 8);
      }),
    );
    for (const value of [0, 1]) {
      expect(new Payload(payloadOf(switched, value)).at(switched)).toBe(value);
    }
  });
});
