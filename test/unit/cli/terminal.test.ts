import { expect, test } from "vitest";
import type { Powers, Sink } from "#src/cli/powers.ts";
import { openTerminal } from "#src/cli/terminal.ts";
import { now } from "./scene.ts";

/** A serial line, or a pipe in place of a terminal's keyboard, does not know its size. */
const serial = { isTTY: true, columns: 0, rows: 0 };

const widthOn = (out: Partial<Sink>): number | undefined => {
  const powers = { out, err: {}, env: {}, now: () => now } as unknown as Powers;
  return openTerminal(powers, { colour: false }).scene().width;
};

test("a terminal has the width that it says, and a usual one where it says 0", () => {
  expect(widthOn({ isTTY: true, columns: 132 })).toBe(132);
  expect(widthOn(serial)).toBe(80);
});

test("what is no terminal has no width", () => {
  expect(widthOn({})).toBeUndefined();
});
