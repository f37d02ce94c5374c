import { describe, expect, test } from "vitest";
import { Config } from "#src/contract/config.ts";
import { findingsOf } from "#src/contract/config-findings.ts";
import { tankSite } from "./site.ts";

/** What a site is told of the trip of its interlock, and what to do about it. */
function told(trip: string): readonly string[] {
  const site = JSON.parse(JSON.stringify(tankSite()));
  site.inputs["warm-to"] = { ...site.inputs.level, register: { kind: "input", address: 1 } };
  site.inputs.door = { ...site.inputs.level, register: { kind: "input", address: 2 } };
  site.interlocks = { flood: { trip, force: { pump: 1 } } };
  const parsed = Config.safeParse(site);
  const found = parsed.success ? [] : findingsOf(parsed.error.issues, site);
  return found.flatMap(({ message, remedy }) => [message, remedy]);
}

describe("a rule that is written out of habit is told what to write:", () => {
  test.each([
    ["level > 2.5 and warm_to > 1", "and is no word of a rule (at character 13)", "write &&"],
    ["level > 2.5 OR (warm_to > 1)", "OR is no word of a rule (at character 13)", "write ||"],
    ["not (level > 2.5)", "not is no word of a rule", "write !"],
    [
      "warm_to > 0 degC",
      "0 degC has a unit, and the numbers of a rule have none (at character 13)",
      "write 0 alone: it is in the unit of what it is compared with",
    ],
    [
      "level > 50 % && door == 1",
      "50 % has a unit, and the numbers of a rule have none (at character 12)",
      "write 50 alone: it is in the unit of what it is compared with",
    ],
    [
      "warm_to > 5°C",
      "5°C has a unit, and the numbers of a rule have none (at character 12)",
      "write 5 alone: it is in the unit of what it is compared with",
    ],
    ["level > 23,5", "23,5 is no number (at character 9)", "write 23.5, with a point"],
    ["door || level > 2", "door is a number, and no condition", "write door == 1"],
    [
      "level > 2 && (door)",
      "door is a number, and no condition (at character 15)",
      "write door == 1",
    ],
    [
      "level > 2 && !door",
      "door is a number, and no condition (at character 15)",
      "write door == 0 in place of !door",
    ],
    ["door ? level > 1 : level > 2", "door is a number, and no condition", "write door == 1"],
    [
      "level * 2 || door == 1",
      "a number stands where a condition must",
      "compare each side with something, such as door == 1",
    ],
    ["warm-to > 0", "warm-to is a difference here, for in a rule - is a minus", "write warm_to"],
    ["door == on", "on is no word of a rule (at character 9)", "write 1"],
    ["door == off", "off is no word of a rule (at character 9)", "write 0"],
    ["door = 1", "= is no sign of a rule (at character 6)", "write =="],
    ["level => 1", "=> is no sign of a rule (at character 7)", "write >="],
    ["level ≥ 1", "≥ is no sign of a rule (at character 7)", "write >="],
    ["level > 1 & door == 1", "& is no sign of a rule (at character 11)", "write &&"],
    [
      "1 < level < 3",
      "compares a condition with a number",
      "compare two at a time, and join them: 1 < level && level < 3",
    ],
    [
      "level > true",
      "compares a number with a condition",
      "write 1 for true, 0 for false: door == 1",
    ],
    ["level % 2 == 1", "a rule has no remainder (at character 7)", "write it without %"],
    [
      "max(level, door, 2) > 1",
      "max takes two numbers (at character 18)",
      "write max(a, b), and of three max(a, max(b, c))",
    ],
    ["(level > 3", "a ( is not closed (at character 11)", "write the ) that is missing"],
    [
      "level > 3 &&",
      "ends where a name or a number must follow (at character 12)",
      "write what is missing, or remove what stands last",
    ],
    ["min(level) > 1", "min takes two numbers", "write min(a, b), and of three min(a, min(b, c))"],
    [
      `${"(".repeat(40)}level > 1${")".repeat(40)}`,
      "is longer, or nested deeper, than a rule may be (at character 33)",
      "let a part of it be a signal of its own, of kind rule",
    ],
    [
      "> 3",
      "> cannot stand here",
      "a name, a number or a ( must stand before it, such as level > 3",
    ],
    [
      "level > 3)",
      ") cannot stand here (at character 10)",
      "see docs/rules.md for what a rule may say",
    ],
    [
      "levle > 3",
      'there is no input or signal "levle", did you mean level?',
      "name one that is there: level, warm_to, door, valve, pump",
    ],
  ])("%s", (trip, message, remedy) => {
    expect(told(trip)).toEqual([message, remedy]);
  });

  test("and is let be where it is right", () => {
    expect(told("level > 1e0 && max(warm_to - level, 0.5) > 0 || !(door == 1)")).toEqual([]);
  });
});
