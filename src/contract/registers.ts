/**
 * The register map of a Modbus device: which words hold which value. Both ends share it, the node
 * that reads and the simulated device that serves.
 *
 * R1  encode and decode are each other's inverse within one step of the register's resolution.
 * R2  A value outside the register's range is clamped to it before it is written, never wrapped.
 */
export const registerKinds = ["coil", "discrete", "input", "holding"] as const;
export type RegisterKind = (typeof registerKinds)[number];

export const registerTypes = ["bit", "int16", "uint16", "int32", "uint32", "float32"] as const;
export type RegisterType = (typeof registerTypes)[number];

export interface Register {
  readonly kind: RegisterKind;
  /** Zero-based, 0 … 65535. */
  readonly address: number;
  readonly type: RegisterType;
  /** Order of the two words of a 32-bit value; bytes in a word are always big-endian. */
  readonly wordOrder: "big" | "little";
  /** Engineering value = raw · scale + offset. */
  readonly scale: number;
  readonly offset: number;
}

/** How many addresses the register takes: one for a bit or 16 bits, two for 32 bits. */
export const widthOf = (register: Pick<Register, "type">): 1 | 2 =>
  register.type === "int32" || register.type === "uint32" || register.type === "float32" ? 2 : 1;

export const isBit = (kind: RegisterKind): boolean => kind === "coil" || kind === "discrete";

/** Engineering value of the words that stand at the register's address. */
export function decode(register: Register, words: readonly number[]): number {
  const value = rawOf(register, words) * register.scale + register.offset;
  // 357 · 0.01 is 3.5700000000000003 in binary; fifteen digits are all that a double can promise.
  return Number(value.toPrecision(15));
}

function rawOf(register: Register, words: readonly number[]): number {
  const view = new DataView(new ArrayBuffer(4));
  const [high, low] = register.wordOrder === "big" ? [words[0], words[1]] : [words[1], words[0]];
  switch (register.type) {
    case "bit":
      return words[0] === 0 ? 0 : 1;
    case "uint16":
      return words[0] ?? Number.NaN;
    case "int16":
      view.setUint16(0, words[0] ?? 0);
      return view.getInt16(0);
    default:
      view.setUint16(0, high ?? 0);
      view.setUint16(2, low ?? 0);
      if (register.type === "float32") return view.getFloat32(0);
      return register.type === "int32" ? view.getInt32(0) : view.getUint32(0);
  }
}

/** Least and greatest raw value of each type. */
export const rawRange: Readonly<
  Record<Exclude<RegisterType, "float32">, readonly [number, number]>
> = {
  bit: [0, 1],
  int16: [-0x8000, 0x7fff],
  uint16: [0, 0xffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  uint32: [0, 0xffff_ffff],
};

/** The words to write for an engineering value (R2). */
export function encode(register: Register, value: number): number[] {
  const raw = (value - register.offset) / register.scale;
  const view = new DataView(new ArrayBuffer(4));
  if (register.type === "float32") {
    view.setFloat32(0, raw);
  } else {
    const [low, high] = rawRange[register.type];
    const whole = Math.min(high, Math.max(low, Math.round(raw)));
    if (widthOf(register) === 1) return [whole & 0xffff];
    view.setUint32(0, whole >>> 0);
  }
  const words = [view.getUint16(0), view.getUint16(2)];
  return register.wordOrder === "big" ? words : words.reverse();
}
