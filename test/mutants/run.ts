import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { mutants } from "./list.ts";
import { Scratch } from "./scratch.ts";
import { type Tried, tableOf } from "./table.ts";

/** Which of the planted mistakes the simulation notices; ends with 1 below `least`. */
const least = 0.95;
const root = join(import.meta.dirname, "../..");

const { values: said } = parseArgs({
  options: {
    only: { type: "string" },
    seeds: { type: "string", default: "200" },
    workers: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    markdown: { type: "boolean", default: false },
  },
});
const seeds = Number(said.seeds);
const workers = Math.max(1, Number(said.workers));

const chosen = mutants.filter(({ name }) => said.only === undefined || name.includes(said.only));
const place = mkdtempSync(join(tmpdir(), "holdfast-mutants-"));
const scratches = Array.from(
  { length: workers },
  (_, index) => new Scratch(root, join(place, String(index))),
);
try {
  for (const mutant of chosen) scratches[0]?.check(mutant);
  process.exitCode = (await whole()) ? await all() : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** The product as it is keeps its promises over the same seeds, else nothing is proved by the rest. */
async function whole(): Promise<boolean> {
  const share = Math.ceil(seeds / workers);
  const verdicts = await Promise.all(
    scratches.map((scratch, index) =>
      scratch.try(undefined, {
        first: 1 + index * share,
        last: Math.min(seeds, (index + 1) * share),
      }),
    ),
  );
  const broken = verdicts.find(({ seed }) => seed !== undefined);
  if (broken === undefined) {
    tell(`unchanged: ${seeds} seeds without a violation`);
    return true;
  }
  tell(`unchanged: seed ${broken.seed} breaks "${broken.law}": ${broken.what}`);
  return false;
}

async function all(): Promise<number> {
  const waiting = [...chosen];
  const tried: Tried[] = [];
  const work = async (scratch: Scratch): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const began = performance.now();
      const verdict = await scratch.try(mutant, { first: 1, last: seeds });
      const one = { mutant, verdict, millis: Math.round(performance.now() - began) };
      tried.push(one);
      tell(lineOf(one));
    }
  };
  await Promise.all(scratches.map(work));
  const caught = tried.filter(({ verdict }) => verdict.seed !== undefined).length;
  const share = caught / Math.max(1, tried.length);
  if (said.markdown) {
    const place = new Map(chosen.map((mutant, index) => [mutant, index]));
    tried.sort((one, other) => (place.get(one.mutant) ?? 0) - (place.get(other.mutant) ?? 0));
    console.log(tableOf(tried));
  }
  if (said.json)
    console.log(JSON.stringify({ caught, of: tried.length, share, mutants: tried.map(plain) }));
  else console.log(`${caught} of ${tried.length} caught (${(100 * share).toFixed(1)} %)`);
  return share >= least ? 0 : 1;
}

const plain = ({ mutant: { name, file, law: expected }, verdict, millis }: Tried) => ({
  name,
  file,
  expected,
  ...verdict,
  millis,
});

function lineOf({ mutant, verdict, millis }: Tried): string {
  const { seed, law, what } = verdict;
  return seed === undefined
    ? `escaped  ${mutant.name} (${mutant.file}, ${mutant.law}), ${millis} ms`
    : `caught   ${mutant.name}: seed ${seed}, ${law}, ${millis} ms: ${what.slice(0, 100)}`;
}

/** With --json the only line on stdout is the object; with --markdown the table. */
function tell(line: string): void {
  if (said.json || said.markdown) console.error(line);
  else console.log(line);
}
