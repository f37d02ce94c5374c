import { type Register, rawRange } from "#src/contract/registers.ts";

/** The values that a register can hold, prepared: what is left of a value that went through it. */
export interface RegisterGrid {
  readonly least: number;
  readonly greatest: number;
  readonly isFloat: boolean;
  readonly scale: number;
  readonly offset: number;
  /** The scale's inverse where that is a power of ten and there is no offset; else 0. */
  readonly divisor: number;
}

export function gridOf({ type, scale, offset }: Register): RegisterGrid {
  const isFloat = type === "float32";
  const [least, greatest] = isFloat ? [0, 0] : rawRange[type];
  const inverse = Math.round(1 / scale);
  const isExact = offset === 0 && !isFloat && tens.includes(inverse) && 1 / inverse === scale;
  return { least, greatest, isFloat, scale, offset, divisor: isExact ? inverse : 0 };
}

const tens = [1, 10, 100, 1_000, 10_000];

export function onGrid(grid: RegisterGrid, value: number): number {
  const { scale, offset, divisor } = grid;
  const said = (value - offset) / scale;
  if (grid.isFloat) return fifteenDigits(Math.fround(said) * scale + offset);
  const whole = Math.min(grid.greatest, Math.max(grid.least, Math.round(said)));
  // Registers know neither NaN nor -0.
  const raw = Number.isNaN(whole) ? 0 : whole + 0;
  // A quotient by a power of ten has the digits of its decimal already, and is quicker.
  return divisor > 0 ? raw / divisor : fifteenDigits(raw * scale + offset);
}

/** As both ends of the wire round: no digits that nobody measured. */
const fifteenDigits = (value: number): number => Number(value.toPrecision(15));
