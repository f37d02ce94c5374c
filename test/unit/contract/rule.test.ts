import { expect, test } from "vitest";
import { compileRule } from "#src/contract/rule.ts";

const names = ["room-air", "pressure"];
function result(text: string, pressure = 30, air = 4): number | boolean | undefined {
  const found = compileRule(text, names);
  if (!found.ok) throw new Error(found.message);
  return found.rule.evaluate({ "room-air": air, pressure });
}

test("RU1: a rule tells whether it gives a number or a condition, and what it uses", () => {
  const found = compileRule("max(room_air, 3) * 2", names);
  expect(found).toMatchObject({ ok: true, rule: { kind: "number", uses: ["room-air"] } });
  const condition = compileRule("pressure > 25 && room_air < 8", names);
  expect(condition).toMatchObject({ ok: true, rule: { kind: "bool" } });
});

test.each([
  ["pressure >", "Unexpected token: EOF"],
  ["room-air > 1", "Unknown variable: room"],
  ["pressure && true", "bool"],
  ["pressure > 1 ? 1 : true", "Ternary branches"],
  ["int(pressure) > 1", "no int()"],
  ["timestamp(pressure)", "no timestamp()"],
  ["dyn(pressure).y > 1", "no dyn()"],
])("RU1: %s is refused when it is read", (text, message) => {
  const found = compileRule(text, names);
  expect(found.ok ? "accepted" : found.message).toContain(message);
});

test("RU1: a name that is none is given back with its place", () => {
  const found = compileRule("1 + presure", names);
  expect(found).toMatchObject({ ok: false, unknown: "presure", from: 4 });
});

test("RU1: names that are written the same way cannot be used", () => {
  const found = compileRule("a_b > 1", ["a-b", "a_b"]);
  expect(found.ok ? "accepted" : found.message).toContain("a-b and a_b");
});

test.each([
  "[1, 2].exists(i, i > 1)",
  "{1: 2} == {1: 2}",
  "'a' == 'a'",
  "string(pressure).matches(string(pressure))",
  "pressure > 0x10",
  "pressure > 1u",
  "pressure // bar",
  `${"(".repeat(40)}1${")".repeat(40)}`,
  `${"1 + ".repeat(200)}1`,
])("RU2: %s is not within a rule's bounds", (text) => {
  expect(compileRule(text, names).ok).toBe(false);
});

test("RU3: whole numbers and doubles mix", () => {
  expect(result("pressure > 25")).toBe(true);
  expect(result("pressure / 4")).toBe(7.5);
  expect(result("1 / 2")).toBe(0.5);
  expect(result("abs(-3) + 1e2 + 0.5")).toBe(103.5);
});

test("RU3: what comes to no finite number comes to undefined", () => {
  expect(result("pressure / 0")).toBeUndefined();
  expect(result("room_air / (pressure - 30)")).toBeUndefined();
  expect(result("pressure * pressure", 1e300)).toBeUndefined();
  expect(result("pressure + 1", Number.NaN)).toBeUndefined();
});

test("RU3: a division without a result leaves a condition without one, unless that does not need it", () => {
  expect(result("(pressure - 30) / (room_air - 8) > 5", 30, 8)).toBeUndefined();
  expect(result("pressure / (room_air - 8) > 5", 30, 8)).toBeUndefined();
  expect(result("room_air != 8 && pressure / (room_air - 8) > 5", 30, 8)).toBe(false);
  expect(result("pressure > 20 || pressure / (room_air - 8) > 5", 30, 8)).toBe(true);
  expect(result("pressure / (room_air - 4) / -2 < -3", 30, 8)).toBe(true);
});

test("a digit and letter within a number is not the use of a name", () => {
  const found = compileRule("1e5 > pressure", ["e5", "pressure"]);
  expect(found).toMatchObject({ ok: true, rule: { uses: ["pressure"] } });
});
