import { appendFileSync } from "node:fs";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** What became of all tests of a run, or of all parts of a run of several parts. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };

export const sum = (one: Tally, other: Tally): Tally => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: one.skipped + other.skipped,
});

export const tallyLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;

/** One line of a tally file, "passed failed skipped", and back. */
export const tallyRow = ({ passed, failed, skipped }: Tally): string =>
  `${passed} ${failed} ${skipped}\n`;

export function readTally(rows: string): Tally {
  return rows
    .split("\n")
    .filter((row) => row !== "")
    .map((row) => row.split(" ").map(Number))
    .map(([passed = 0, failed = 1, skipped = 0]) => ({ passed, failed, skipped }))
    .reduce(sum, nothing);
}

/**
 * Ends a run of Vitest with one line that says how it went, or adds it to the file that TALLY
 * names, so that a run of several parts can end with one line for all.
 */
export default class TallyReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const failedOutside = { ...nothing, failed: unhandled.length };
    const tally = modules.map(tallyOf).reduce(sum, failedOutside);
    const skips = modules.flatMap(skipsOf);
    if (skips.length > 0) process.stdout.write(`\nskipped:\n${skips.join("\n")}\n`);
    const file = process.env["TALLY"];
    if (file !== undefined) {
      appendFileSync(file, tallyRow(tally));
      return;
    }
    // The default reporter writes its summary in the same turn; this line comes after all of it.
    this.#vitest?.onClose(() => void process.stdout.write(`${tallyLine(tally)}\n`));
  }
}

/** A file that does not load and a hook that throws count as a failure each. */
function tallyOf(module: TestModule): Tally {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const blocks = [module, ...module.children.allSuites()];
  const passed = states.filter((state) => state === "passed").length;
  const skipped = states.filter((state) => state === "skipped").length;
  const broken = blocks.filter((block) => block.errors().length > 0).length;
  return { passed, skipped, failed: states.length - passed - skipped + broken };
}

function skipsOf(module: TestModule): readonly string[] {
  return [...module.children.allTests("skipped")].map((test) => {
    const result = test.result();
    const why = result.state === "skipped" ? result.note : undefined;
    return `  ${module.relativeModuleId}: ${test.fullName}${why === undefined ? "" : ` (${why})`}`;
  });
}
