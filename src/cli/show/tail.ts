import type { TailLine } from "#src/contract/query.ts";
import { exactTime } from "./moment.ts";
import { printable } from "./printable.ts";
import type { Scene } from "./scene.ts";
import { figure, padEnd } from "./text.ts";

/** One value on one line. Columns are fixed, for lines come one by one; a longer name shifts its own. */
export function renderTailLine(said: TailLine, scene: Scene): string {
  const line = printable(said);
  const value = figure(line.value).padStart(10);
  const quality = line.quality === "good" ? line.quality : scene.paint("warn", line.quality);
  return [
    scene.paint("dim", exactTime(line.at, scene)),
    padEnd(line.node, 16),
    padEnd(line.series, 24),
    value,
    quality,
  ].join("  ");
}
