import { expect, test } from "vitest";
import { diffLines, withParameters } from "#src/cli/tune/site-diff.ts";

const site = `\
loops:
  supply:                 # holds the supply air
    kind: pid
    gain: 0.02            # % for each degree
    integralTime: 90s     # slow
  room: { kind: pid, gain: 2, setpoint: 20 }
  level:
    kind: pid
    gain: 3
`;
const tuned = { gain: 0.0512, integralTime: "41.7s" };

test("only the two values change; comments and all else stay", () => {
  expect(diffLines(site, withParameters(site, "supply", tuned) ?? "")).toEqual([
    "@@ line 4",
    "-    gain: 0.02            # % for each degree",
    "+    gain: 0.0512            # % for each degree",
    "@@ line 5",
    "-    integralTime: 90s     # slow",
    "+    integralTime: 41.7s     # slow",
  ]);
});

test("a loop without integral time gets one, below its gain or beside it", () => {
  expect(diffLines(site, withParameters(site, "level", tuned) ?? "")).toEqual([
    "@@ line 9",
    "-    gain: 3",
    "+    gain: 0.0512",
    "@@ line 10",
    "+    integralTime: 41.7s",
  ]);
  expect(withParameters(site, "room", tuned)).toContain(
    "room: { kind: pid, gain: 0.0512, integralTime: 41.7s, setpoint: 20 }",
  );
});

test("a loop that is not said in this file is not changed in it", () => {
  expect(withParameters(site, "other", tuned)).toBeUndefined();
});

test("braces over several lines, quoted keys and the line ends of Windows stay what they are", () => {
  const braces = "loops:\n  a: {\n    gain: 1,\n    setpoint: 2\n  }\n";
  expect(withParameters(braces, "a", tuned)).toBe(
    "loops:\n  a: {\n    gain: 0.0512, integralTime: 41.7s,\n    setpoint: 2\n  }\n",
  );
  const quoted = 'loops:\n  a: { "gain": 1 }\n';
  expect(withParameters(quoted, "a", tuned)).toBe(
    'loops:\n  a: { "gain": 0.0512, integralTime: 41.7s }\n',
  );
  const windows = "loops:\r\n  a:\r\n    gain: 1\r\n    setpoint: 2\r\n";
  expect(withParameters(windows, "a", tuned)).toBe(
    "loops:\r\n  a:\r\n    gain: 0.0512\r\n    integralTime: 41.7s\r\n    setpoint: 2\r\n",
  );
});
