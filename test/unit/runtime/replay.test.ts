import { expect, test } from "vitest";
import { control } from "#agents/node/control.ts";
import { type ReplayedAgent, replay } from "#src/runtime/replay.ts";
import { recorded, replayed, replayText } from "./journal-bench.ts";

function text(): string {
  const bench = recorded();
  bench.host.start();
  bench.cycle(100);
  return bench.text();
}

test("law 9: the same inputs give the same outputs, bit for bit", () => {
  const report = replayText(text());
  expect(report).toMatchObject({ verdict: "identical", difference: null, steps: 101 });
  expect(report).toMatchObject({ agent: "control", node: "room-1", recordedBy: "1.0.0" });
  expect(report).toMatchObject({ from: 1_700_000_000_000 });
});

test("RP1: another plan is found at the first step that it changes, with its place", () => {
  const changed = text().replace('"setpoint":4', '"setpoint":5');
  const report = replayText(changed);
  expect(report).toMatchObject({
    verdict: "different",
    difference: { given: "cycle", line: expect.any(Number), path: expect.any(String) },
  });
});

test("RP1: an effect that is another by its last bit is a difference", () => {
  const lines = text().split("\n");
  const at = lines.findIndex((line) => /"actuate","output":1,"value":0\.\d+/.test(line));
  const line = lines[at] ?? "";
  const changed = line.replace(/("actuate","output":1,"value":)(0\.\d+)/, (_, head, value) => {
    return `${head}${Number(value) + Number.EPSILON / 4}`;
  });
  expect(changed).not.toBe(line);
  const report = replayText(lines.with(at, changed).join("\n"));
  expect(report).toMatchObject({ verdict: "different", difference: { line: at + 1 } });
});

test("RP1: a state that drifts without an effect is found too", () => {
  let steps = 0;
  const drifting: ReplayedAgent = {
    ...replayed,
    step(plan, state, input, now) {
      const next = control.step(plan as never, state as never, input as never, now);
      steps += 1;
      return steps < 100 ? next : { ...next, state: { ...next.state, nextRemember: now } };
    },
  };
  const report = replay("j.jsonl", text(), () => drifting);
  expect(report).toMatchObject({
    verdict: "different",
    difference: { path: "state.nextRemember" },
  });
});

test.each([
  ["nothing", () => "", 1, /begin|JSON/],
  ["prose", () => "once upon a time\n", 1, /JSON/],
  ["other JSON", () => '{"v":1}\n', 1, /does not begin/],
  ["another version", (all: string) => all.replace('"v":2', '"v":1'), 1, /version 1,/],
  ["another agent", (all: string) => all.replace('"agent":"control"', '"agent":"x"'), 1, /agent/],
  ["a cut", (all: string) => all.slice(0, all.indexOf("\n", 5_000) + 1), undefined, /cut off/],
  ["a cut line", (all: string) => all.slice(0, 5_000), undefined, /JSON|Unterminated|Expected/],
  ["a missing line", (all: string) => all.replace(/\n.*\n/, "\n"), 2, /no state/],
  ["a lost step", (all: string) => without(all, 40), 103, /101 steps were written, 100/],
  ["more behind its end", (all: string) => `${all}{}\n`, 104, /goes on/],
  [
    "a step that gave nothing",
    (all: string) => all.replace(/"effects":\[.*?\]/, '"effects":{"$":"undefined"}'),
    undefined,
    /nothing came|Invalid|JSON/,
  ],
])("JF2, RP2: %s is refused with its line", (_, damage, line, why) => {
  const met = replayText(damage(text()));
  expect(met).toMatchObject({ code: "JOURNAL_UNREADABLE", message: expect.stringMatching(why) });
  if (line !== undefined) {
    expect(met).toMatchObject({ message: expect.stringContaining(`j.jsonl:${line}:`) });
  }
});

test("JF1: a journal has all that its replay needs, and an empty one is a journal too", () => {
  const bench = recorded();
  expect(replayText(bench.text())).toMatchObject({ verdict: "identical", steps: 0, from: null });
});

const without = (all: string, at: number): string =>
  all
    .split("\n")
    .filter((_, index) => index !== at)
    .join("\n");
