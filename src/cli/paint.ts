import { styleText } from "node:util";
import type { Env } from "./powers.ts";

/** What a colour means; which colour it is stands here alone. */
export type Tone = "good" | "warn" | "bad" | "dim" | "strong";
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_, text) => text;

export const colourful: Paint = (tone, text) =>
  styleText(styles[tone], text, { validateStream: false });

const styles = {
  good: "green",
  warn: "yellow",
  bad: "red",
  dim: "dim",
  strong: "bold",
} as const;

/**
 * Colour is for a person at a terminal who did not decline it. NO_COLOR wins over FORCE_COLOR
 * (no-color.org), and --no-color over both.
 */
export function wantsColour(to: {
  readonly env: Env;
  readonly isTTY: boolean;
  readonly declined: boolean;
}): boolean {
  if (to.declined || said(to.env["NO_COLOR"])) return false;
  const force = to.env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return to.isTTY && to.env["TERM"] !== "dumb";
}

const said = (value: string | undefined): boolean => value !== undefined && value !== "";
