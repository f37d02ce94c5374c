import type { Mode } from "#src/contract/messages.ts";
import type { Paint, Tone } from "../paint.ts";

/** A mode, or a mark for it, in the colour that says how things stand. */
export const modeText = (mode: Mode, paint: Paint, text: string = mode): string =>
  paint(tones[mode], text);

const tones: Readonly<Record<Mode, Tone>> = {
  connected: "good",
  local: "good",
  autonomous: "warn",
  safe: "bad",
};
