import { InvariantError, invariant } from "#src/base/assert.ts";

/**
 * JSON that loses nothing of plain data: numbers that JSON has not, `undefined`, maps, sets, arrays of
 * numbers.
 *
 * EX1  What was written reads as the same value: `firstDifference` of the two finds nothing.
 * EX2  It is JSON: one line, without a line break in it, for any JSON reader.
 * EX3  What is not data - a function, an object of a class - is refused when it is written.
 *
 * A value that JSON has not is an object with the key "$"; an object of ours that has such a key
 * itself is written as its entries.
 */
export const writeExact = (value: unknown): string => JSON.stringify(value, replace);

/** Throws a SyntaxError for what `writeExact` cannot have written. */
export const readExact = (text: string): unknown => unmarked(JSON.parse(text));

const numberArrays = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
};
type NumberArray = keyof typeof numberArrays;

const odd = new Map<string, unknown>([
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

function replace(this: unknown, key: string, value: unknown): unknown {
  // A date has turned into words by now; what it was is still with its holder.
  const was = (this as Readonly<Record<string, unknown>>)[key];
  invariant(typeof was !== "object" || was === value, "an object of a class is no data");
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $: Object.is(value, -0) ? "-0" : String(value) };
    case "undefined":
      return { $: "undefined" };
    case "object":
      return value === null || Array.isArray(value) ? value : replaceObject(value);
    default:
      throw new InvariantError(`broken claim: data is written, got a ${typeof value}`);
  }
}

function replaceObject(value: object): unknown {
  if (value instanceof Map) return { $: "Map", of: [...value] };
  if (value instanceof Set) return { $: "Set", of: [...value] };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return Object.hasOwn(value, "$") || Object.hasOwn(value, "__proto__")
      ? { $: "Object", of: Object.entries(value) }
      : value;
  }
  const name = value.constructor.name;
  invariant(Object.hasOwn(numberArrays, name), `a ${name} is no plain data`);
  return { $: name, of: [...(value as Float64Array)] };
}

interface Marked {
  readonly $: unknown;
  readonly of?: unknown;
}

/** Puts back in place what the marks stand for; a reviver of JSON.parse takes ten times as long. */
function unmarked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) value[at] = unmarked(value[at]);
    return value;
  }
  if (Object.hasOwn(value, "$")) return meant(value as Marked);
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    if (typeof field === "object" && field !== null) fields[key] = unmarked(field);
  }
  return value;
}

function meant({ $, of }: Marked): unknown {
  if (typeof $ !== "string") throw new SyntaxError("a mark without a meaning");
  if (of === undefined && odd.has($)) return odd.get($);
  if (!Array.isArray(of)) throw new SyntaxError("a mark without a meaning");
  const list = unmarked(of) as unknown[];
  if ($ === "Set") return new Set(list);
  const kind = Object.hasOwn(numberArrays, $) ? numberArrays[$ as NumberArray] : undefined;
  if (kind !== undefined) return new kind(list as number[]);
  if (!list.every((entry) => Array.isArray(entry))) throw new SyntaxError("a map has entries");
  if ($ === "Map") return new Map(list as [unknown, unknown][]);
  if ($ === "Object") return Object.fromEntries(list as [string, unknown][]);
  throw new SyntaxError(`nobody knows what ${JSON.stringify($)} is`);
}
