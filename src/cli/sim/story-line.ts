import type { StoryLine, Violation } from "#src/contract/simulation.ts";
import type { Tone } from "../paint.ts";
import { printable } from "../show/printable.ts";
import type { Scene } from "../show/scene.ts";
import { clip, padEnd } from "../show/text.ts";

/** "   1:02:03.250": of the simulated world; hours are not cut. */
export function simTime(at: number): string {
  const whole = Math.floor(at);
  const part = (length: number, of: number, digits: number): string =>
    String(Math.floor(whole / length) % of).padStart(digits, "0");
  const clock = `${part(60_000, 60, 2)}:${part(1_000, 60, 2)}.${part(1, 1_000, 3)}`;
  return `${Math.floor(whole / 3_600_000)}:${clock}`.padStart(13);
}

const tones: Readonly<Partial<Record<StoryLine["kind"], Tone>>> = {
  violation: "bad",
  fault: "warn",
  mended: "dim",
};

/** One line of a timeline; columns stand under each other. */
export function storyLine({ at, kind, who, what }: StoryLine, scene: Scene): string {
  const head = `${simTime(at)}  ${padEnd(kind, 9)}  ${padEnd(who, 18)}  `;
  const line = fitted(`${head}${printable(what)}`, scene);
  const tone = tones[kind];
  return tone === undefined ? line : scene.paint(tone, line);
}

export const violationLine = ({ at, law, who, what }: Violation, scene: Scene): string =>
  fitted(`${simTime(at)}  ${padEnd(law, 9)}  ${padEnd(who, 18)}  ${printable(what)}`, scene);

const fitted = (line: string, { width }: Scene): string =>
  width === undefined ? line : clip(line, width);
