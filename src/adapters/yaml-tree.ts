import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type YAMLError,
} from "yaml";
import { type Path, quote, sayPath } from "#src/contract/config-problem.ts";
import {
  type Misread,
  misreadOf,
  type Span,
  secondDocument,
  syntax,
  tooDeep,
} from "./yaml-misread.ts";

/**
 * YAML text as plain values, and where each of them stands.
 *
 * Y1  Whatever the text is, the answer is a tree or misreadings with places; nothing is thrown.
 * Y2  What is read is bounded: depth, values and aliases, whatever stands behind an alias.
 * Y3  A key that is said twice is refused, so that no value depends on which of them counts.
 */
export interface Tree {
  /** Null for a text without any value. */
  readonly value: unknown;
  /** By `placeKey`. */
  readonly places: ReadonlyMap<string, Place>;
}

export interface Place {
  /** Undefined for an item of a list, and for the text as a whole. */
  readonly key: Span | undefined;
  readonly value: Span;
}

export type TreeRead =
  | { readonly ok: true; readonly tree: Tree }
  | { readonly ok: false; readonly misread: readonly Misread[] };

export const placeKey = (path: Path): string => JSON.stringify(path);

const most = { depth: 16, values: 50_000, aliases: 100, misread: 20 } as const;

export function readTree(text: string): TreeRead {
  const control = text.search(controlCharacter);
  if (control >= 0) {
    const span = { from: control, to: control + 1 };
    return refuse(
      syntax(span, "is a control character", "remove it; nothing shows it on a screen"),
    );
  }
  const documents = parse(text);
  if ("thrown" in documents) {
    return refuse(syntax({ from: 0, to: 0 }, documents.thrown, "correct the YAML"));
  }
  const { errors, parsed } = documents;
  const exhausted = errors.find(({ code }) => code === "RESOURCE_EXHAUSTION");
  if (exhausted !== undefined) return refuse(misreadOf(exhausted, text));
  if (errors.length > 0)
    return refuse(...errors.slice(0, most.misread).map((error) => misreadOf(error, text)));
  const [first, second] = parsed;
  if (second !== undefined) {
    const [from] = second.range;
    return refuse(syntax({ from, to: from + 1 }, ...secondDocument));
  }
  if (first === undefined || first.contents === null) {
    return { ok: true, tree: { value: null, places: new Map() } };
  }
  return walk(first, text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

const refuse = (...misread: readonly Misread[]): TreeRead => ({ ok: false, misread });

type Parsed =
  | { readonly thrown: string }
  | { readonly errors: readonly YAMLError[]; readonly parsed: readonly Document.Parsed[] };

function parse(text: string): Parsed {
  try {
    const all = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false });
    if ("empty" in all) return { errors: [...all.errors, ...all.warnings], parsed: [] };
    return { errors: all.flatMap((one) => [...one.errors, ...one.warnings]), parsed: all };
  } catch (error) {
    // The parser throws only on text that no person wrote.
    return { thrown: `cannot be read as YAML: ${(error as Error).message.split("\n")[0]}` };
  }
}

interface Walker {
  readonly document: Document.Parsed;
  readonly text: string;
  readonly places: Map<string, Place>;
  readonly misread: Misread[];
  values: number;
  aliases: number;
}

function walk(document: Document.Parsed, text: string): TreeRead {
  const walker: Walker = { document, text, places: new Map(), misread: [], values: 0, aliases: 0 };
  const value = read(walker, document.contents, [], undefined);
  if (walker.misread.length > 0) return refuse(...walker.misread);
  return { ok: true, tree: { value, places: walker.places } };
}

function read(walker: Walker, node: unknown, path: Path, key: Span | undefined): unknown {
  const place: Place = { key, value: spanOf(node) ?? key ?? { from: 0, to: 0 } };
  walker.places.set(placeKey(path), place);
  walker.values += 1;
  if (walker.values === most.values + 1) {
    const message = `is value ${walker.values}, more than a configuration has`;
    return fail(walker, syntax(place.value, message, "give a part of it to another node", path));
  }
  if (walker.values > most.values) return undefined;
  if (path.length > most.depth) return fail(walker, syntax(place.value, ...tooDeep, path));
  if (isAlias(node)) return readAlias(walker, node, path, place);
  if (isMap(node)) {
    const map: Record<string, unknown> = {};
    for (const pair of node.items) readEntry(walker, map, pair, path);
    return map;
  }
  if (isSeq(node))
    return node.items.map((item, at) => read(walker, item, [...path, at], undefined));
  return isScalar(node) ? node.value : null;
}

function readAlias(
  walker: Walker,
  node: unknown & { readonly source: string },
  path: Path,
  place: Place,
): unknown {
  walker.aliases += 1;
  if (walker.aliases > most.aliases) {
    if (walker.aliases > most.aliases + 1) return undefined;
    const message = `is alias ${walker.aliases}, more than a configuration needs`;
    return fail(walker, syntax(place.value, message, "write the values out", path));
  }
  const target = isAlias(node) ? node.resolve(walker.document) : undefined;
  if (target === undefined) {
    const message = `there is no anchor &${node.source} above`;
    return fail(walker, syntax(place.value, message, "write the value out", path));
  }
  // What lies inside has its place behind the anchor, where it can be changed.
  const value = read(walker, target, path, place.key);
  walker.places.set(placeKey(path), place);
  return value;
}

function readEntry(
  walker: Walker,
  map: Record<string, unknown>,
  { key: node, value }: Pair,
  path: Path,
): void {
  const span = spanOf(node) ?? { from: 0, to: 0 };
  if (!isScalar(node)) {
    fail(walker, syntax(span, "a key is text, not a list or a map", "write key: value", path));
    return;
  }
  // As it is written: 0x10 stays what the reader sees.
  const key = node.source ?? String(node.value);
  const at = [...path, key];
  if (key === "<<") {
    const remedy = "refer to a whole map with an alias, or write the keys out";
    fail(walker, syntax(span, "merge keys are not read here", remedy, at));
  } else if (key === "__proto__") {
    fail(walker, syntax(span, "cannot be a key", "choose another name", at));
  } else if (Object.hasOwn(map, key)) {
    fail(walker, {
      code: "CONFIG_DUPLICATE_KEY",
      path: at,
      span,
      message: `${quote(sayPath(at))} stands on line ${lineOf(walker, at)} already`,
      remedy: "keep one of the two",
    });
  } else {
    map[key] = read(walker, value, at, span);
  }
}

function lineOf({ places, text }: Walker, path: Path): number {
  const first = places.get(placeKey(path))?.key?.from ?? 0;
  return text.slice(0, first).split("\n").length;
}

function fail(walker: Walker, misread: Misread): undefined {
  if (walker.misread.length < most.misread) walker.misread.push(misread);
  return undefined;
}

function spanOf(node: unknown): Span | undefined {
  if (!isCollection(node) && !isScalar(node) && !isAlias(node)) return undefined;
  return node.range ? { from: node.range[0], to: node.range[1] } : undefined;
}
