import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { LoopStatus } from "#src/contract/query.ts";
import { blankMemory } from "#src/core/control-io.ts";
import { type ControlStart, controlOf } from "#src/run-control.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import { openLink } from "./control-link.ts";
import { type BenchSite, entry } from "./control-site.ts";

/** How one loop kept its time while the link thread was kept busy. */
export interface Kept {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly missed: number;
  /** Share of all ticks. */
  readonly missedShare: number;
  /** Share of the link thread's time that went into its work. */
  readonly duty: number;
}

export type Place = "control thread" | "main thread";

const duty = 0.3;
const settle = 2_000;

/** Runs a node's control where `place` says, beside its link, for so many milliseconds. */
export async function keepTime(site: BenchSite, place: Place, length: number): Promise<Kept> {
  let answer: ((loop: LoopStatus) => void) | undefined;
  const told = (message: ToLink): void => {
    if (message.kind !== "told" || message.told.kind !== "status") return;
    const [loop] = message.told.status.loops;
    if (loop !== undefined) answer?.(loop);
  };
  const control = startControl(site, place, (frame) => link.receive(frame));
  const link = openLink({ site, postControl: (frame) => control.post(frame), told });
  const ask = (): Promise<LoopStatus> =>
    new Promise((resolve) => {
      answer = resolve;
      control.post({ message: { kind: "ask", id: "status", about: { kind: "status" } } });
    });
  try {
    while (!link.isUp()) await pause(20);
    site.standBack();
    link.busy(duty);
    await pause(settle);
    // What the start itself cost is not counted.
    const before = await ask();
    await pause(length);
    const after = await ask();
    const missed = after.missed - before.missed;
    const ticks = after.cycles - before.cycles + missed + (after.skipped - before.skipped);
    return { ...after.lateness, missed, missedShare: missed / ticks, duty: link.duty() };
  } finally {
    await control.end();
    await link.close();
  }
}

interface Control {
  post(frame: Frame<ToControl>): void;
  end(): Promise<void>;
}

function startControl(
  site: BenchSite,
  place: Place,
  hear: (frame: Frame<ToLink>) => void,
): Control {
  const { config, data } = site;
  const start: ControlStart = { config, memory: blankMemory, version: "bench", data };
  if (place === "control thread") {
    const worker = new Worker(entry, { name: "control", workerData: start });
    worker.on("message", hear);
    return {
      post: (frame) => worker.postMessage(frame),
      end: async () => void (await worker.terminate()),
    };
  }
  const shell = controlOf(start, (frame) => setImmediate(hear, frame));
  setImmediate(() => shell.start());
  return {
    post: (frame) => shell.receive(frame),
    async end() {
      shell.receive({ message: { kind: "stop" } });
      await pause(100);
    },
  };
}
