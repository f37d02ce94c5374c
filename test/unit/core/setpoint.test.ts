import { expect, test } from "vitest";
import { instant } from "#src/base/units.ts";
import { modes } from "#src/contract/messages.ts";
import { chooseSetpoint, type Held } from "#src/core/authority/setpoint.ts";

const held = (value: number, until: number): Held => ({
  id: "g",
  value,
  until: instant(until),
  owner: "ops",
  reason: "delivery",
});
const own = { setpoint: 4, safeSetpoint: 6, override: undefined, grant: undefined };

test("SP1: a setpoint from outside is in force up to its end, and not at it", () => {
  const sources = { ...own, grant: held(3, 100) };
  expect(chooseSetpoint(sources, "connected", instant(99))).toEqual({
    authority: "grant",
    value: 3,
  });
  expect(chooseSetpoint(sources, "connected", instant(100)).authority).toBe("default");
});

test("SP1: the region's is in force in no mode but connected, a person's in every one", () => {
  for (const mode of modes) {
    const granted = chooseSetpoint({ ...own, grant: held(3, 100) }, mode, instant(0));
    expect(granted.authority).toBe(mode === "connected" ? "grant" : "default");
    const both = { ...own, grant: held(3, 100), override: held(5, 100) };
    expect(chooseSetpoint(both, mode, instant(0))).toEqual({ authority: "override", value: 5 });
  }
});

test("SP2: the loop's own setpoint is its safe one in safe mode, and in no other", () => {
  for (const mode of modes) {
    const { value } = chooseSetpoint(own, mode, instant(0));
    expect(value).toBe(mode === "safe" ? 6 : 4);
  }
});
