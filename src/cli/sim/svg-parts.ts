import { short } from "./plot-path.ts";

/** The parts that pictures are made of, as text of an SVG file. */
export const inks = { text: "#1f2933", soft: "#616e7c", grid: "#e4e7eb", frame: "#cbd2d9" };

/** A filled box; `said` is shown where somebody points at it. */
export function box(
  left: number,
  top: number,
  width: number,
  height: number,
  fill: string,
  said?: string,
): string {
  const open = `<rect x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${height}" fill="${fill}"`;
  return said === undefined ? `${open}/>` : `${open}><title>${escaped(said)}</title></rect>`;
}

export const text = (x: number, y: number, said: string, more = ""): string =>
  `<text x="${short(x)}" y="${short(y)}" ${more.includes("fill=") ? "" : `fill="${inks.text}" `}${more}>${escaped(said)}</text>`;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** XML has no place for control characters, escaped or not. */
export const escaped = (said: string): string =>
  said
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are replaced
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (char) => escapes[char] ?? char);
