import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { nothing, readTally, sum, type Tally, tallyLine, tallyRow } from "./tally.ts";

/** Runs every part, whatever became of the one before, and ends with one line for all of them. */
const root = join(import.meta.dirname, "..");
const vitest = ["vitest", "run", "--config", "test/vitest.config.ts"];

const types = { name: "types", command: ["tsc", "--noEmit"] };
const lint = { name: "lint", command: ["biome", "check", "--error-on-warnings", "."] };
const tests = (...projects: string[]) => ({
  name: `tests: ${projects.join(", ")}`,
  command: [...vitest, ...projects.flatMap((project) => ["--project", project])],
});

const plans: Readonly<Record<string, readonly Part[]>> = {
  check: [types, lint, tests("fast", "tidy")],
  test: [types, lint, tests("fast", "tidy", "slow")],
  sim: [tests("sim")],
  e2e: [tests("e2e")],
  demo: [
    { name: "tests: demo", command: [...vitest, "--project", "e2e", "test/e2e/demo.test.ts"] },
  ],
};

interface Part {
  readonly name: string;
  readonly command: readonly string[];
}

const plan = plans[process.argv[2] ?? ""];
if (plan === undefined) {
  process.stderr.write(`name one of ${Object.keys(plans).join(", ")}\n`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "holdfast-checks-"));
const total = plan.map((part, index) => run(part, join(folder, `${index}`))).reduce(sum, nothing);
rmSync(folder, { recursive: true });

const file = process.env["TALLY"];
if (file === undefined) process.stdout.write(`\n${tallyLine(total)}\n`);
else writeFileSync(file, tallyRow(total), { flag: "a" });
process.exitCode = total.failed === 0 ? 0 : 1;

/** Vitest counts its tests itself; any other command counts as one. */
function run({ name, command }: Part, tallyFile: string): Tally {
  process.stdout.write(`\n== ${name}\n`);
  writeFileSync(tallyFile, "");
  const [program = "", ...rest] = command;
  const ended = spawnSync(program, rest, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter),
      TALLY: tallyFile,
    },
  });
  const ok = ended.status === 0;
  if (ended.error !== undefined) process.stderr.write(`${program}: ${ended.error.message}\n`);
  const counted = readTally(readFileSync(tallyFile, "utf8"));
  if (program !== "vitest") return { ...nothing, [ok ? "passed" : "failed"]: 1 };
  // It may end badly without a failed test: no file found, a crash, an error on the way out.
  return ok || counted.failed > 0 ? counted : sum(counted, { ...nothing, failed: 1 });
}
