import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { figure } from "../show/text.ts";
import { type Asked, askedOf, type SimOptions } from "./asked.ts";
import type { Simulation, SimulationAsked } from "./power.ts";
import { progressOf } from "./progress.ts";
import { type Ran, recordOf, summaryOf } from "./summary.ts";

export interface RunOptions extends SimOptions, JsonOption {
  readonly seed?: number;
  readonly seeds?: SeedRange;
}

/** Both ends belong to it. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

/** Fleets from seeds, one after the other; the answer is no when one of them breaks a law. */
export async function simRun(shell: Shell, options: RunOptions): Promise<number> {
  const { powers, terminal } = shell;
  const simulation = await powers.simulation();
  const asked = await askedOf(shell, simulation, options);
  if ("code" in asked) return terminal.fail("nothing was simulated", asked);
  const seed = options.seed ?? asked.plan?.seed ?? 1;
  const { from, to } = options.seeds ?? { from: seed, to: seed };
  const total = { events: 0, violations: 0, failed: [] as number[], speed: 0 };
  let last: Ran | undefined;
  for (let next = from; next <= to && !terminal.gone(); next += 1) {
    last = simulateOnce(shell, simulation, { ...asked.base, seed: next });
    const { report, speed } = last;
    total.events += report.events;
    total.violations += report.broken;
    total.speed += 1 / speed;
    if (report.broken > 0) total.failed.push(next);
    if (options.json) terminal.printJson(recordOf(last));
    else terminal.print(summaryOf(last, replayOf(asked, next), terminal.scene()));
  }
  if (from !== to && last !== undefined) sayTotal(shell, options, { last, total, asked, from, to });
  return total.failed.length > 0 ? exit.failed : exit.ok;
}

/** Runs one seed to its end, with a line about how far it is. */
export function simulateOnce(
  shell: Shell,
  simulation: Simulation,
  asked: SimulationAsked,
): Ran & { readonly done: ReturnType<Simulation["run"]> } {
  const { now } = shell.powers;
  const length = asked.hours * 3_600_000;
  const what = `seed ${asked.seed}`;
  const progress = progressOf(shell, what, length);
  const startedAt = now();
  try {
    const done = simulation.run({
      ...asked,
      onStretch: progress.onStretch,
      onStory: (line) => {
        progress.onStory(line);
        asked.onStory?.(line);
      },
    });
    return { done, report: done.report, speed: length / Math.max(1, now() - startedAt) };
  } catch (error) {
    progress.end();
    shell.terminal.talk(`${what} met a defect of the program`);
    throw error;
  } finally {
    progress.end();
  }
}

export const replayOf = ({ again }: Asked, seed: number): string =>
  `holdfast sim replay ${seed} ${again}`;

interface Total {
  readonly last: Ran;
  readonly total: {
    readonly events: number;
    readonly violations: number;
    readonly failed: readonly number[];
    /** Sum of how long a simulated unit of time took. */
    readonly speed: number;
  };
  readonly asked: Asked;
  readonly from: number;
  readonly to: number;
}

function sayTotal(
  { terminal }: Shell,
  { json }: JsonOption,
  { last, total, asked, from, to }: Total,
): void {
  const { failed, events, violations } = total;
  const seeds = to - from + 1;
  const speed = Math.round(seeds / total.speed);
  if (json) {
    const { seed, hash, nodes, regions, hours } = recordOf(last);
    const all = { seed, hash, nodes, regions, hours, violations, events, speed, seeds, failed };
    terminal.printJson(all);
    return;
  }
  const { paint } = terminal.scene();
  const verdict =
    failed.length === 0
      ? paint("good", "none failed")
      : paint("bad", `${failed.length} failed: ${failed.join(", ")}`);
  terminal.print([
    "",
    `seeds ${from}..${to}: ${verdict}; ${figure(events)} events, ${figure(speed)} times real time`,
    ...failed.slice(0, 20).map((seed) => `  ${replayOf(asked, seed)}`),
  ]);
}
