import { expect, test } from "vitest";
import type { SimulationReport } from "#src/contract/simulation.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulation } from "#src/simulation.ts";

/** As `holdfast sim run` has them: ready-made sites, all kinds of faults. */
export interface Size {
  readonly nodes: number;
  readonly regions: number;
  readonly hours: number;
}

const simulator = simulation("test");

export const tryOut = (seed: number, size: Size): SimulationReport =>
  simulator.run({ seed, ...size, sites: [], faults: faultKinds }).report;

export const commandOf = (seed: number, { nodes, regions, hours }: Size): string =>
  `npm run -s holdfast -- sim replay ${seed} --nodes ${nodes} --regions ${regions} --hours ${hours}`;

/** One test for every ten seeds; a failure says what was broken, and how to see it again. */
export function swarm(first: number, count: number, size: Size): void {
  const starts = Array.from({ length: Math.ceil(count / 10) }, (_, ten) => first + 10 * ten);
  test.each(starts)(`no law is broken in the ten fleets from seed %i on`, (start) => {
    const broken: string[] = [];
    for (let seed = start; seed < Math.min(start + 10, first + count); seed += 1) {
      const report = tryOut(seed, size);
      if (report.broken === 0) continue;
      const { law, who, what } = report.violations[0] ?? { law: "?", who: "?", what: "?" };
      broken.push(`${law}: ${who} ${what}\n  ${commandOf(seed, size)}`);
    }
    expect(broken).toEqual([]);
  });
}
