import type { SourceFile } from "./repository.ts";

/** Length is a hint, never a reason to split one idea in two. */
export const longFile = 300;

export function longFiles(files: readonly SourceFile[]): readonly string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > longFile)
    .sort((one, other) => other.lines - one.lines)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}
