import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type ConfigOptions, type ConfigRead, readConfig } from "#src/adapters/config-file.ts";
import { renderProblem } from "#src/cli/render-problem.ts";

type More = Omit<ConfigOptions, "env"> & { readonly env?: ConfigOptions["env"] };

/** Reads texts as files of a folder of its own, which goes with the test file. */
export function bench() {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "holdfast.yaml");

  const read = (text: string | Uint8Array, more: More = {}): ConfigRead => {
    writeFileSync(path, text);
    return readConfig(path, { env: {}, ...more });
  };

  /** What a person sees of it, without the folder. */
  const seen = (text: string | Uint8Array, more: More = {}): string => {
    const result = read(text, more);
    const problems = result.ok ? result.warnings : result.problems;
    const texts = problems.map((problem) => renderProblem(problem));
    return `\n${texts.join("\n\n").replaceAll(`${folder}/`, "")}\n`;
  };

  return { folder, path, read, seen };
}
