import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "./drive.ts";
import type { Mutant } from "./mutant.ts";

/**
 * A copy of what a simulation is made of, in which one file at a time is changed: the sources stay as
 * they are, and the copy is whole again before the next mistake.
 */
const parts = ["src", "agents", "broker", "firmware-sim", "test/mutants", "package.json"];

/** A run that a mistake makes endless must not hold up the others. */
const longestSeed = 30_000;

export interface Seeds {
  readonly first: number;
  readonly last: number;
}

export class Scratch {
  readonly #place: string;

  constructor(root: string, place: string) {
    this.#place = place;
    for (const name of parts) {
      cpSync(join(root, name), join(place, name), { recursive: true });
    }
    mkdirSync(place, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(place, "node_modules"));
  }

  /** Runs seeds with the mutant in place; without one, as it is. */
  async try(mutant: Mutant | undefined, seeds: Seeds): Promise<Verdict> {
    if (mutant === undefined) return this.#drive(seeds);
    const path = join(this.#place, mutant.file);
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, mutate(whole, mutant));
    try {
      return await this.#drive(seeds);
    } finally {
      writeFileSync(path, whole);
    }
  }

  /** Throws when the mutant has no place in the copy. */
  check(mutant: Mutant): void {
    mutate(readFileSync(join(this.#place, mutant.file), "utf8"), mutant);
  }

  #drive(seeds: Seeds): Promise<Verdict> {
    return new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        ["test/mutants/drive.ts", String(seeds.first), String(seeds.last)],
        { cwd: this.#place, stdio: ["ignore", "pipe", "pipe"] },
      );
      let said = "";
      let complaint = "";
      let isLate = false;
      const giveUp = (): void => {
        isLate = true;
        child.kill("SIGKILL");
      };
      let timer = setTimeout(giveUp, longestSeed);
      child.stdout.on("data", (chunk) => {
        said += chunk;
        clearTimeout(timer);
        timer = setTimeout(giveUp, longestSeed);
      });
      child.stderr.on("data", (chunk) => {
        complaint = `${complaint}${chunk}`.slice(-2_000);
      });
      child.on("close", () => {
        clearTimeout(timer);
        resolve(verdictOf(said.trim().split("\n"), complaint, isLate));
      });
    });
  }
}

/** The text with the mistake in it. Throws when its place is not there exactly once. */
export function mutate(text: string, { name, file, find, replace }: Mutant): string {
  const around = text.split(find);
  if (around.length !== 2) {
    throw new Error(`"${name}": its place occurs ${around.length - 1} times in ${file}`);
  }
  return around.join(replace);
}

/** A run that never ends, or that cannot even begin, is noticed as well. */
function verdictOf(said: readonly string[], complaint: string, isLate: boolean): Verdict {
  const seeds = said.filter((line) => line.startsWith("seed ")).length;
  const noticed = { seed: seeds, law: "thrown", seeds };
  if (isLate) return { ...noticed, what: "the run did not end in time" };
  try {
    return JSON.parse(said.at(-1) ?? "") as Verdict;
  } catch {
    return { ...noticed, what: complaint.trim().split("\n").at(-1) ?? "it said nothing" };
  }
}
