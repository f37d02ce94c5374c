import { stripVTControlCharacters } from "node:util";

/** Columns a text takes on a screen; colours take none. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

export const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - widthOf(text)));

const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - widthOf(text))) + text;

/** Cuts a plain text to `width` columns; an ellipsis says that there was more. */
export function clip(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  return width < 1 ? "" : `${letters.slice(0, width - 1).join("")}…`;
}

/** Rows as columns, two blanks apart, without blanks at the end; `right` names columns of figures. */
export function columns(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (right.has(index) ? padStart : padEnd)(cell, widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Folds a plain text at blanks so that it takes at most `width` columns a line. */
export function fold(text: string, width: number | undefined): string[] {
  if (width === undefined || widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) > width && line !== "") {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** "  label     text", folded under itself. */
export function labelled(label: string, text: string, width: number | undefined): string[] {
  const room = width === undefined ? undefined : Math.max(20, width - labelColumns);
  return fold(text, room).map((line, index) =>
    `${padEnd(index === 0 ? `  ${label}` : "", labelColumns)}${line}`.trimEnd(),
  );
}

const labelColumns = 12;

/** A figure as people read it: at most three decimals, thousands apart. */
export function figure(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "none";
  const rounded = Math.round(value * 1_000) / 1_000;
  const [whole = "", part] = String(Math.abs(rounded)).split(".");
  const grouped = /e/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${rounded < 0 ? "-" : ""}${grouped}${part === undefined ? "" : `.${part}`}`;
}

/** A figure and its unit. */
export const quantityText = (value: number | null, unit: string | null | undefined): string =>
  value === null || unit === null || unit === undefined
    ? figure(value)
    : `${figure(value)} ${unit}`;
