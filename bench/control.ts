import { openSite } from "./control-site.ts";
import { stepOfLoops } from "./control-step.ts";
import { type Kept, keepTime, type Place } from "./control-thread.ts";
import type { Row } from "./row.ts";

/**
 * How a node's control keeps its time while its link flushes, encodes and talks to a region at 30 %
 * duty: in its own thread as the product has it, and on the main thread beside the link.
 */
export async function control(quick: boolean): Promise<readonly Row[]> {
  // Before anything else has taught the compiler other shapes.
  const step = stepOfLoops(quick ? 10 : 40);
  const length = quick ? 3_000 : 10_000;
  // Of a thousand ticks the ten latest decide: a p99 needs more rounds to have one without a stranger in it.
  const usual = await both("10ms", length, quick ? 1 : 5);
  const fast = await both("1ms", length, quick ? 1 : 3);
  return [
    {
      name: "p99 lateness at 100 Hz in the control thread against the main thread",
      ratio: usual.own.p99 / usual.main.p99,
      target: 1 / 3,
      more: false,
    },
    {
      name: "missed ticks at 100 Hz in the control thread",
      ratio: usual.own.missed,
      target: 0,
      more: false,
    },
    {
      name: "share of ticks missed at 1 kHz in the control thread",
      ratio: fast.own.missedShare,
      target: 0.05,
      more: false,
    },
    {
      name: "share of ticks missed at 1 kHz on the main thread",
      ratio: fast.main.missedShare,
      target: 0.25,
      more: true,
    },
    { name: "microseconds of a step of 100 mixed loops", ratio: step, target: 100, more: false },
  ];
}

interface Both {
  readonly own: Kept;
  readonly main: Kept;
}

/** The best of each place: what else the machine has to do can only add. */
async function both(period: string, length: number, rounds: number): Promise<Both> {
  const own: Kept[] = [];
  const main: Kept[] = [];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await one(period, "control thread", length));
    main.push(await one(period, "main thread", length));
  }
  return { own: best(own), main: best(main) };
}

const best = (all: readonly Kept[]): Kept => {
  const least = (of: keyof Kept): number => Math.min(...all.map((one) => one[of]));
  return {
    p50: least("p50"),
    p99: least("p99"),
    max: least("max"),
    missed: least("missed"),
    missedShare: least("missedShare"),
    duty: least("duty"),
  };
};

async function one(period: string, place: Place, length: number): Promise<Kept> {
  const site = await openSite(period);
  try {
    const kept = await keepTime(site, place, length);
    const [p50, p99, max] = [kept.p50, kept.p99, kept.max].map((late) => late.toFixed(3));
    process.stderr.write(
      `every ${period} on the ${place}: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms late, ${kept.missed} missed (${(
        100 * kept.missedShare
      ).toFixed(2)} %), link duty ${(100 * kept.duty).toFixed(0)} %\n`,
    );
    return kept;
  } finally {
    site.close();
  }
}
