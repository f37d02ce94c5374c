/**
 * What devices that speak MQTT say and understand: a number or a word, alone or inside JSON.
 *
 * PY1  Whatever arrives, the outcome is a number, NaN (it is none), or undefined (it does not speak of
 *      this value at all).
 * PY2  What is written reads back as the same value.
 */
export interface PayloadPlace {
  /** Keys from the top of a JSON payload, joined by dots; without it the payload is the value. */
  readonly path?: string | undefined;
  /** Engineering value = raw · scale + offset. */
  readonly scale: number;
  readonly offset: number;
  /** What is said for 1 and for 0, where these are no numbers. */
  readonly words?: Words | undefined;
}

export interface Words {
  readonly on: string;
  readonly off: string;
}

/** A payload that is read as JSON at most once, however many signals are in it. */
export class Payload {
  readonly #text: string;
  #json: { readonly value: unknown } | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The engineering value at a place (PY1). */
  at(place: PayloadPlace): number | undefined {
    const said = place.path === undefined ? this.#text : valueAt(this.#parsed(), place.path);
    if (said === undefined) return undefined;
    const byWord = bitOf(said, place.words);
    if (byWord !== undefined) return byWord;
    const raw = rawOf(said);
    if (place.scale === 1 && place.offset === 0) return Number.isFinite(raw) ? raw : Number.NaN;
    const value = raw * place.scale + place.offset;
    // 357 · 0.01 is 3.5700000000000003 in binary; fifteen digits are all that a double can promise.
    return Number.isFinite(value) ? Number(value.toPrecision(15)) : Number.NaN;
  }

  #parsed(): unknown {
    this.#json ??= { value: parse(this.#text) };
    return this.#json.value;
  }
}

/** The text that tells a device an engineering value. */
export function payloadOf(place: PayloadPlace, value: number): string {
  const said = place.words === undefined ? unscaled(place, value) : wordOf(place.words, value);
  if (place.path === undefined) return String(said);
  const bit = booleans.get(said);
  const keys = place.path.split(".");
  return JSON.stringify(keys.reduceRight<unknown>((held, key) => ({ [key]: held }), bit ?? said));
}

const booleans: ReadonlyMap<unknown, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

const unscaled = ({ scale, offset }: PayloadPlace, value: number): number =>
  scale === 1 && offset === 0 ? value : Number(((value - offset) / scale).toPrecision(15));

const wordOf = ({ on, off }: Words, value: number): string => (value >= 0.5 ? on : off);

/** NaN where it is no JSON: then every path in it is without a number. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

const notJson = Symbol("not JSON");

function valueAt(json: unknown, path: string): unknown {
  if (json === notJson) return Number.NaN;
  let at = json;
  for (const key of path.split(".")) {
    if (at === null || typeof at !== "object" || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

function bitOf(said: unknown, words: Words | undefined): number | undefined {
  if (words === undefined) return undefined;
  const folded = fold(said);
  if (folded === fold(words.on)) return 1;
  return folded === fold(words.off) ? 0 : undefined;
}

const fold = (said: unknown): string => String(said).trim().toLowerCase();

function rawOf(said: unknown): number {
  if (typeof said === "number") return said;
  if (typeof said === "boolean") return said ? 1 : 0;
  if (typeof said !== "string") return Number.NaN;
  const text = said.trim();
  if (decimal.test(text)) return Number(text);
  return knownWords.get(text.toLowerCase()) ?? Number.NaN;
}

/** Number() alone takes "", "0x10" and "Infinity" too. */
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

const knownWords: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["on", 1],
  ["false", 0],
  ["off", 0],
]);
