import { control } from "./control.ts";
import { journal } from "./journal.ts";
import { reflex } from "./reflex.ts";
import { isMet, type Row } from "./row.ts";
import { sim } from "./sim.ts";

/** npm run bench -- NAME [--quick] [--json] */
const benches = {
  control: async (quick: boolean): Promise<readonly Row[]> => [
    ...(await control(quick)),
    ...(await reflex(quick)),
  ],
  journal,
  sim,
};
const names = Object.keys(benches);
const [name = "", ...options] = process.argv.slice(2);
const unknown = options.filter((option) => !["--json", "--quick"].includes(option));

if (!names.includes(name) || unknown.length > 0) {
  process.stderr.write(`npm run bench -- ${names.join(" | ")} [--quick] [--json]\n`);
  process.exit(2);
}

const rows = await benches[name as keyof typeof benches](options.includes("--quick"));
if (options.includes("--json")) {
  const results = rows.map((row) => ({
    name: row.name,
    ratio: row.ratio,
    target: row.target,
    ok: isMet(row),
  }));
  process.stdout.write(`${JSON.stringify({ results })}\n`);
} else {
  for (const row of rows) {
    const [ratio, target] = [row.ratio, row.target].map((one) => one.toFixed(3).padStart(9));
    const said = `${ratio}  ${row.more ? "at least" : "at most "} ${target}`;
    process.stdout.write(`${isMet(row) ? "reached" : "missed "} ${said}  ${row.name}\n`);
  }
}
