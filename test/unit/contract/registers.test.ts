import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, encode, type Register, registerTypes, widthOf } from "#src/contract/registers.ts";

const rawRange = {
  bit: [0, 1],
  int16: [-32_768, 32_767],
  uint16: [0, 65_535],
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  float32: [-1e6, 1e6],
} as const;

const register = (of: Partial<Register>): Register => {
  const type = of.type ?? "int16";
  return {
    kind: type === "bit" ? "coil" : "holding",
    address: 0,
    type,
    wordOrder: "big",
    scale: 1,
    offset: 0,
    ...of,
  };
};

const anyRegister = fc
  .record({
    type: fc.constantFrom(...registerTypes),
    wordOrder: fc.constantFrom("big" as const, "little" as const),
    scale: fc.oneof(
      fc.constantFrom(1, 0.1, 0.01, -0.5, 10),
      fc.double({ min: 0.001, max: 100, noNaN: true }),
    ),
    offset: fc.integer({ min: -1_000, max: 1_000 }),
  })
  .map(register);

describe("a register", () => {
  test("R1: gives back what was put in, within one step of its resolution", () => {
    fc.assert(
      fc.property(anyRegister, fc.double({ min: 0, max: 1, noNaN: true }), (of, along) => {
        const [least, greatest] = rawRange[of.type];
        const value = (least + (greatest - least) * along) * of.scale + of.offset;
        // A float keeps 24 bits of the raw value; all others keep whole steps of the scale.
        const step = of.type === "float32" ? 1e6 * 2 ** -23 : 1;
        const back = decode(of, encode(of, value));
        expect(Math.abs(back - value)).toBeLessThanOrEqual(Math.abs(of.scale) * step * 1.001);
      }),
    );
  });

  test("R1: gives back the same words for the value they were read as", () => {
    fc.assert(
      fc.property(anyRegister, fc.nat(0xffff), fc.nat(0xffff), (of, first, second) => {
        const exact = { ...of, scale: 1, offset: 0 };
        if (of.type === "bit") return;
        const words = widthOf(of) === 1 ? [first] : [first, second];
        const value = decode(exact, words);
        if (Number.isNaN(value)) return;
        expect(encode(exact, value)).toEqual(words);
      }),
    );
  });

  test("R2: clamps what is outside its range, and never wraps", () => {
    fc.assert(
      fc.property(anyRegister, fc.double({ min: 1, max: 1e12, noNaN: true }), (of, beyond) => {
        if (of.type === "float32") return;
        const [least, greatest] = rawRange[of.type];
        const engineering = (raw: number) => Number((raw * of.scale + of.offset).toPrecision(15));
        expect(decode(of, encode(of, engineering(greatest + beyond)))).toBe(engineering(greatest));
        expect(decode(of, encode(of, engineering(least - beyond)))).toBe(engineering(least));
      }),
    );
  });

  test("a value has no digits that nobody measured", () => {
    expect(decode(register({ scale: 0.01 }), [357])).toBe(3.57);
  });

  test.each([
    ["int16", -1, [0xffff]],
    ["uint16", 65_535, [0xffff]],
    ["int32", -2, [0xffff, 0xfffe]],
    ["uint32", 0x1234_5678, [0x1234, 0x5678]],
    ["float32", 1.5, [0x3fc0, 0]],
    ["bit", 1, [1]],
  ] as const)("holds %s %d as the words of the standard", (type, value, words) => {
    expect(encode(register({ type }), value)).toEqual(words);
    expect(decode(register({ type }), words)).toBe(value);
  });

  test("takes the words in the order its vendor has them", () => {
    const little = register({ type: "uint32", wordOrder: "little" });
    expect(encode(little, 0x1234_5678)).toEqual([0x5678, 0x1234]);
    expect(decode(little, [0x5678, 0x1234])).toBe(0x1234_5678);
  });

  test("scales, then adds its offset", () => {
    const of = register({ type: "int16", scale: 0.1, offset: -40 });
    expect(decode(of, [650])).toBeCloseTo(25, 9);
    expect(encode(of, 25)).toEqual([650]);
  });

  test("R2: clamps infinity to its range", () => {
    expect(encode(register({}), Number.POSITIVE_INFINITY)).toEqual([0x7fff]);
    expect(encode(register({}), Number.NEGATIVE_INFINITY)).toEqual([0x8000]);
  });
});
