import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { readTree } from "#src/adapters/yaml-tree.ts";
import { invariant } from "#src/base/assert.ts";
import { hours } from "#src/base/units.ts";
import { initTemplate, readyMadePlants } from "#src/cli/init-template.ts";
import { NodeConfig } from "#src/contract/config.ts";
import { faultKinds } from "#src/sim/fault-plan.ts";
import { simulate } from "#src/simulate.ts";
import { Held } from "./held.ts";

/** A year of each ready-made site with every kind of fault; ends with 1 when one does not hold. */
type Site = (typeof readyMadePlants)[number];

const { values: said } = parseArgs({
  options: {
    site: { type: "string" },
    days: { type: "string", default: "365" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const days = Number(said.days);
const month = hours(24 * 30);

for (const site of readyMadePlants) {
  if (said.site === undefined || said.site.split(",").includes(site)) year(site);
}

function year(site: Site): void {
  const began = performance.now();
  const held = new Held(site);
  const { report, plan } = simulate({
    seed: Number(said.seed),
    nodes: 1,
    regions: 1,
    sites: [readyMade(site)],
    version: "year",
    length: hours(24 * days),
    faults: faultKinds,
    people: false,
    onStretch: (at, fleet) => {
      held.look(at, fleet);
      if (at % month === 0) process.stderr.write(`${site}: day ${at / hours(24)} of ${days}\n`);
    },
    onStory: (line) => {
      if (line.kind === "violation") process.stderr.write(`${JSON.stringify(line)}\n`);
    },
  });
  const unseen = held.rows.find(({ least }) => !Number.isFinite(least));
  invariant(unseen === undefined, `the plant of ${site} shows ${unseen?.name}`);
  const row = {
    site,
    days,
    seed: report.seed,
    faults: plan.faults.length,
    kinds: Object.keys(report.faults).length,
    broken: report.broken,
    held: held.rows,
    hash: report.hash,
    minutes: Math.round((performance.now() - began) / 6_000) / 10,
  };
  if (report.broken > 0 || held.rows.some(({ outside }) => outside > 0)) process.exitCode = 1;
  process.stdout.write(said.json ? `${JSON.stringify(row)}\n` : lineOf(row));
}

function lineOf(row: {
  readonly site: string;
  readonly faults: number;
  readonly broken: number;
  readonly held: Held["rows"];
  readonly minutes: number;
}): string {
  const bands = row.held.map(
    ({ name, least, most, band, outside }) =>
      `  ${name.padEnd(20)} ${least.toFixed(2)} … ${most.toFixed(2)}, allowed ${band.join(" … ")}` +
      (outside > 0 ? `, ${outside} minutes OUTSIDE` : ""),
  );
  const head = `${row.site}: ${row.faults} faults, ${row.broken} violations, ${row.minutes} min`;
  return `${[head, ...bands].join("\n")}\n`;
}

function readyMade(plant: Site): NodeConfig {
  const read = readTree(initTemplate({ role: "node", node: "node", region: "region", plant }));
  invariant(read.ok, "a ready-made site can be read");
  return NodeConfig.parse(read.tree.value);
}
