import { expect, test } from "vitest";
import { millis } from "#src/base/units.ts";
import { nothingLatched, type SafetyMemory } from "#src/contract/safety-memory.ts";
import { shelled } from "./shelled.ts";

const anna = { owner: "anna", reason: "hand in the fan", at: 1_790_000_000_000 };
const killed: SafetyMemory = { ...nothingLatched, kills: [{ output: "fan", ...anna }] };
const tripped: SafetyMemory = { ...nothingLatched, latched: ["high-pressure"] };

const recalled = ({ toControl }: ReturnType<typeof shelled>) =>
  toControl.flatMap((frame) =>
    "message" in frame && frame.message.kind === "input" && frame.message.input.kind === "recall"
      ? [frame.message.input.memory]
      : [],
  );

/** A database that could not be opened at the start, and then could. */
function openedLate() {
  const node = shelled({ stateOpens: false });
  Object.assign(node.kept, { hasRun: true, epoch: 5, isolatedFor: 61_000, safety: killed });
  node.shell.start();
  node.say({ kind: "rememberSafety", safety: tripped });
  node.disk.stateOpens = true;
  node.clock.pass(5_000);
  return node;
}

test("KM3: what a database knew that opened late reaches the control thread, and stays on it", () => {
  const node = openedLate();
  expect(recalled(node)).toMatchObject([
    { hasRun: true, epoch: 5, isolatedFor: 61_000, safety: killed },
  ]);
  expect(node.kept.safety).toMatchObject({ kills: killed.kills, latched: tripped.latched });
  expect(node.kept.isolatedFor).toBe(61_000);
});

test("KM3: what is said before it is heard adds to it, what is said after stands for itself", () => {
  const { say, kept } = openedLate();
  say({ kind: "rememberSafety", safety: nothingLatched });
  expect(kept.safety.kills).toEqual(killed.kills);
  say({ kind: "recalled", safety: killed });
  expect(kept.safety).toEqual(killed);
  say({ kind: "rememberSafety", safety: nothingLatched });
  expect(kept.safety).toEqual(nothingLatched);
});

test("KM3: a kill that was known at the start and released since does not come back", () => {
  const kept = { hasRun: true, epoch: 5, isolatedFor: millis(61_000), safety: killed };
  const node = shelled({ stateOpens: false, memory: { ...kept, computer: "" } });
  Object.assign(node.kept, kept);
  node.shell.start();
  node.say({ kind: "rememberSafety", safety: nothingLatched });
  node.disk.stateOpens = true;
  node.clock.pass(5_000);
  expect(recalled(node)).toEqual([]);
  expect(node.kept.safety).toEqual(nothingLatched);
  expect(node.shell.memory.safety).toEqual(nothingLatched);
});

test("KM1: a control thread that begins meanwhile knows it, too", () => {
  const { shell, say, kept } = openedLate();
  expect(shell.memory).toMatchObject({ epoch: 5, isolatedFor: 61_000 });
  expect(shell.memory.safety.kills).toEqual(killed.kills);
  shell.controlStarted();
  say({ kind: "rememberSafety", safety: nothingLatched });
  expect(kept.safety).toEqual(nothingLatched);
});

test("KM1: a control thread that begins anew knows what the disk refused", () => {
  const { shell, disk, say } = shelled();
  shell.start();
  disk.works = false;
  say({ kind: "rememberSafety", safety: killed });
  say({ kind: "remember", isolatedFor: millis(7_000) });
  shell.controlStarted();
  expect(shell.memory).toMatchObject({ hasRun: true, isolatedFor: 7_000, safety: killed });
});

test("KM2: what the disk refused is written when it takes it, and until then told", () => {
  const { clock, shell, disk, say, kept, board } = shelled();
  shell.start();
  expect(shell.unwritten).toBeUndefined();
  disk.works = false;
  say({ kind: "rememberSafety", safety: killed });
  say({ kind: "remember", isolatedFor: millis(7_000) });
  expect(shell.unwritten).toMatchObject({ code: "STORE_FULL" });
  clock.pass(10_000);
  expect(kept.safety).toEqual(nothingLatched);
  expect(board.list()[0]?.count).toBeGreaterThan(4);
  disk.works = true;
  clock.pass(2_000);
  expect(kept).toMatchObject({ safety: killed, isolatedFor: 7_000 });
  expect(shell.unwritten).toBeUndefined();
});

test("KM2: what nobody could write down yet is told, too", () => {
  const { shell, say } = shelled({ stateOpens: false });
  shell.start();
  say({ kind: "rememberSafety", safety: killed });
  expect(shell.unwritten).toMatchObject({ code: "STORE_FAILED" });
});

test("KM2: a file that was begun anew meanwhile is given the newest", () => {
  const { clock, shell, disk, say, measure, kept } = shelled();
  shell.start();
  say({ kind: "rememberSafety", safety: killed });
  disk.works = false;
  measure(1);
  clock.pass(1_000);
  kept.safety = nothingLatched;
  disk.works = true;
  clock.pass(10_000);
  expect(kept.safety).toEqual(killed);
});

test("KM2: an orderly end tries it once more", async () => {
  const { shell, disk, say, kept } = shelled();
  shell.start();
  disk.works = false;
  say({ kind: "rememberSafety", safety: killed });
  disk.works = true;
  await shell.close();
  expect(kept.safety).toEqual(killed);
});
