import {
  configCodes,
  type Finding,
  type Part,
  type Path,
  type Problem,
  sayPath,
} from "#src/contract/config-problem.ts";
import { valueAt } from "#src/contract/config-schema.ts";
import type { Span } from "./yaml-misread.ts";
import { type Place, placeKey, type Tree } from "./yaml-tree.ts";

/** One text that says something: a file, or an environment variable. */
export interface Source {
  readonly kind: "file" | "environment";
  /** Path as it was given, or NAME of the variable. */
  readonly name: string;
  readonly text: string;
}

/** What several sources say together, and who said which part. */
export interface Layers {
  readonly value: unknown;
  readonly places: ReadonlyMap<string, Located>;
  /** From the weakest to the strongest. */
  readonly sources: readonly Source[];
}

interface Located {
  readonly source: Source;
  readonly place: Place;
}

export const noLayers: Layers = { value: undefined, places: new Map(), sources: [] };

/** Lays one more text over what was said: maps are joined key by key, all else is replaced. */
export function layOver(below: Layers, source: Source, tree: Tree): Layers {
  const places = new Map(below.places);
  for (const [key, place] of tree.places) places.set(key, { source, place });
  return {
    value: below.value === undefined ? tree.value : join(below.value, tree.value),
    places,
    sources: [...below.sources, source],
  };
}

/** Lays one value over what was said, at its path. */
export function layAt(below: Layers, source: Source, path: Path, value: unknown): Layers {
  const whole: Span = { from: 0, to: source.text.length };
  const places = new Map<string, Place>();
  const made = path.map((_, index) => path.slice(0, index + 1));
  for (const step of made) {
    const isNew = step.length === path.length || !below.places.has(placeKey(step));
    if (isNew) places.set(placeKey(step), { key: whole, value: whole });
  }
  const nested = path.reduceRight((inner, step) => ({ [step]: inner }), value);
  return layOver(below, source, { value: nested, places });
}

function join(below: unknown, over: unknown): unknown {
  if (!isMap(below) || !isMap(over)) return over;
  const joined: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(over))
    joined[key] = Object.hasOwn(below, key) ? join(below[key], value) : value;
  return joined;
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Who said each value, by path: "environment NAME", or file and line; defaults are not in it. */
export function originsOf({ places }: Layers): ReadonlyMap<string, string> {
  return new Map(
    [...places].map(([key, { source, place }]): [string, string] => {
      const { line } = positionOf(source, place.value.from);
      return [
        sayPath(JSON.parse(key) as Path),
        source.kind === "file" ? `${source.name}:${line}` : `environment ${source.name}`,
      ];
    }),
  );
}

/** The findings as problems with their places, in the order in which a reader meets them. */
export function problemsOf(layers: Layers, findings: readonly Finding[]): Problem[] {
  const placed = findings.map((finding) => {
    const { source, span } = spanOf(layers, finding);
    return {
      order: layers.sources.indexOf(source),
      span,
      problem: problemAt(source, span, finding),
    };
  });
  placed.sort((a, b) => a.order - b.order || a.span.from - b.span.from);
  return placed.map(({ problem }) => problem);
}

/** Where a finding stands; of something that is not there, the key of what it should be in. */
function spanOf(layers: Layers, { path, on, part }: Finding): { source: Source; span: Span } {
  const exact = layers.places.get(placeKey(path));
  if (exact !== undefined) {
    const { source, place } = exact;
    const { key, value } = place;
    // A value over several lines is shown by its key.
    const isLong = source.text.slice(value.from, value.to).trimEnd().includes("\n");
    const span = key !== undefined && (on === "key" || isLong) ? key : value;
    return {
      source,
      span: part === undefined || span !== value ? span : within(layers, path, source, value, part),
    };
  }
  for (let length = path.length - 1; length > 0; length -= 1) {
    const around = layers.places.get(placeKey(path.slice(0, length)));
    if (around !== undefined)
      return { source: around.source, span: around.place.key ?? around.place.value };
  }
  const root = layers.places.get(placeKey([]));
  const [first = nowhere] = layers.sources;
  return root === undefined
    ? { source: first, span: { from: 0, to: 0 } }
    : { source: root.source, span: root.place.value };
}

/** A part of a text, where the file has it letter by letter: in or out of quotes, but without escapes. */
function within(layers: Layers, path: Path, { text }: Source, whole: Span, part: Part): Span {
  const said = valueAt(layers.value, path);
  const begin = typeof said === "string" ? text.slice(whole.from, whole.to).indexOf(said) : -1;
  if (begin < 0) return whole;
  const from = whole.from + begin + part.from;
  return { from, to: Math.min(whole.to, from + part.length) };
}

const nowhere: Source = { kind: "file", name: "", text: "" };

/** A problem at a place of a source. */
export function problemAt(
  source: Source,
  span: Span,
  { code, path, message, remedy, suggestion }: Omit<Finding, "on">,
): Problem {
  const { severity } = configCodes[code];
  const said = { code, severity, at: sayPath(path), message, remedy, suggestion };
  if (source.kind === "environment") {
    const sourceLine = lineText(`${source.name}=${source.text}`);
    return { ...said, file: `environment ${source.name}`, line: 0, col: 0, length: 0, sourceLine };
  }
  const { line, col, text } = positionOf(source, span.from);
  const rest = Math.max(1, text.length - (col - 1));
  const length = Math.min(rest, Math.max(1, span.to - span.from));
  return { ...said, file: source.name, line, col, length, sourceLine: lineText(text) };
}

function positionOf({ text }: Source, at: number) {
  // What is missing at the end of a file is missing behind its last line with something on it.
  const end = text.trimEnd().length;
  const from = Math.min(at, end);
  const begin = text.lastIndexOf("\n", from - 1) + 1;
  const feed = text.indexOf("\n", from);
  return {
    line: text.slice(0, begin).split("\n").length,
    col: from - begin + 1,
    text: text.slice(begin, feed < 0 ? text.length : feed).trimEnd(),
  };
}

/** Shows no password of a URL, and no more than a screen has. */
function lineText(line: string): string {
  const shown = line.replace(/(?<=:\/\/)[^\s/@]+(?=@)/g, (secret) => "*".repeat(secret.length));
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown;
}
