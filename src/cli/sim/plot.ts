import { fault } from "#src/base/fault.ts";
import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { plural } from "../show/config.ts";
import { figure } from "../show/text.ts";
import { askedOf, type SimOptions } from "./asked.ts";
import { plotSvg } from "./plot-svg.ts";
import type { PlanFault } from "./power.ts";
import { nodeIndex } from "./replay.ts";
import { simulateOnce } from "./run.ts";
import { write } from "./write.ts";

export interface PlotOptions extends SimOptions, JsonOption {
  readonly node: string;
  readonly output: string;
}

/** What one node of a run measured and did, as a picture. */
export async function simPlot(shell: Shell, seed: number, options: PlotOptions): Promise<number> {
  const { powers, terminal } = shell;
  const failing = "nothing was plotted";
  const simulation = await powers.simulation();
  const asked = await askedOf(shell, simulation, options);
  if ("code" in asked) return terminal.fail(failing, asked);
  const { nodes, regions, hours } = asked.base;
  const index = nodeIndex(options.node);
  if (index === undefined || index >= nodes) {
    const why = `--node ${options.node}: there are node-0 … node-${nodes - 1}`;
    return terminal.fail(failing, fault("USAGE", { why }));
  }
  const { done, report } = simulateOnce(shell, simulation, { ...asked.base, seed, trace: index });
  const { trace, plan } = done;
  if (trace === undefined) {
    return terminal.fail(failing, fault("USAGE", { why: "this run kept no signals" }));
  }
  const region = index % regions;
  const who = `region-${region}/node-${index}`;
  const faults = plan.filter(
    (one) => one["node"] === index || (one["node"] === undefined && one["region"] === region),
  );
  const svg = plotSvg({
    title: `${who}, seed ${seed}`,
    subtitle: `one of ${plural(nodes, "node")} in ${plural(regions, "region")} for ${figure(hours)} h; hash ${report.hash}`,
    length: hours * 3_600_000,
    trace,
    faults: faults.map((one) => ({ ...one, what: whatOf(one) })),
    violations: report.violations
      .filter((one) => one.who === who)
      .map(({ at, law, what }) => ({ at, what: `${law}: ${what}` })),
  });
  const unwritable = write(options.output, svg);
  if (unwritable !== undefined) return terminal.fail("the plot was not written", unwritable);
  const { output } = options;
  if (options.json) terminal.printJson({ seed, hash: report.hash, node: who, output });
  else terminal.print(`${who} with ${plural(faults.length, "fault")} is in ${output}`);
  return exit.ok;
}

function whatOf({ kind, at: _, until: __, node: ___, region: ____, ...more }: PlanFault): string {
  const rest = Object.entries(more).map(
    ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return [kind, ...rest].join(", ");
}
