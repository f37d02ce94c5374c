import { control } from "#agents/node/control.ts";
import { millis, wallTime } from "#src/base/units.ts";
import type { Reading } from "#src/contract/image.ts";
import { blankMemory, type ControlInput, type ControlMemory } from "#src/core/control-io.ts";
import { Host } from "#src/runtime/host.ts";
import { Journal } from "#src/runtime/journal.ts";
import { type ReplayedAgent, replay } from "#src/runtime/replay.ts";
import { plan } from "../agents/site.ts";
import { HandClock } from "../hand-clock.ts";

export const replayed = control as unknown as ReplayedAgent;
export const replayText = (text: string, agent = replayed) => replay("j.jsonl", text, () => agent);

/** A control agent with a journal, and defects to plant: in a step, or in carrying out an effect. */
export function recorded() {
  const clock = new HandClock();
  const files: { readonly name: string; readonly text: string }[] = [];
  const reports: string[] = [];
  const disk = { works: true };
  const defects = { step: false, effect: false };
  const journal = new Journal({
    agent: "control",
    node: "room-1",
    version: "1.0.0",
    plan,
    clock,
    files: {
      async keep(name, lines) {
        if (!disk.works) throw new Error("no space");
        files.push({ name, text: [...lines].join("") });
        return `${name}-${files.length}.jsonl`;
      },
    },
    report: ({ code }) => reports.push(code),
  });
  const memory: ControlMemory = blankMemory;
  const host = new Host({
    agent: {
      ...control,
      step(given: typeof plan, state, input: ControlInput, now) {
        if (defects.step) {
          defects.step = false;
          throw new Error("a defect");
        }
        return control.step(given, state, input, now);
      },
    } satisfies typeof control,
    config: plan,
    memory: () => memory,
    clock,
    perform: () => {
      if (!defects.effect) return;
      defects.effect = false;
      throw new Error("the port is gone");
    },
    failed: () => {},
    journal,
  });
  const say = (value: number): Reading => ({ value, quality: "good", at: clock.now() });
  /** So many cycles, 100 ms apart; the air swings, and now and then is not a number. */
  const cycle = (times: number): void => {
    for (let turn = 0; turn < times; turn += 1) {
      clock.pass(100);
      const air = turn % 50 === 7 ? Number.NaN : 5 + 4 * Math.sin(turn / 20);
      const image = { inputs: [say(air), say(2)], outputs: [say(-0), say(0.1), say(1)] };
      host.post({
        kind: "cycle",
        wall: wallTime(1_790_000_000_000),
        due: [0, 1],
        lateness: [millis(0), millis(1)],
        image,
      });
    }
  };
  const text = (): string => [...journal.lines("a test")].join("");
  return { clock, journal, host, files, reports, disk, defects, cycle, text };
}
