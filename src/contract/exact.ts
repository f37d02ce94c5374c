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
export function readExact(text: string): unknown {
  const value: unknown = JSON.parse(text, revive);
  return value === nothing ? undefined : value;
}

const numberArrays = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
};
type NumberArray = keyof typeof numberArrays;

/** Stands for `undefined` until its holder is read. */
const nothing = Symbol("undefined");

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

/** A reviver that gives `undefined` takes the key away: a holder puts it back where a mark stood. */
function revive(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (item === nothing) value[index] = undefined;
    }
    return value;
  }
  if (!Object.hasOwn(value, "$")) {
    for (const [key, item] of Object.entries(value)) {
      if (item === nothing) (value as Record<string, unknown>)[key] = undefined;
    }
    return value;
  }
  return unmark(value as Marked);
}

function unmark({ $, of }: Marked): unknown {
  if (typeof $ === "string" && of === undefined && odd.has($)) {
    return $ === "undefined" ? nothing : odd.get($);
  }
  if (typeof $ !== "string" || !Array.isArray(of))
    throw new SyntaxError("a mark without a meaning");
  if ($ === "Set") return new Set(of);
  if ($ === "Map") return new Map(of as [unknown, unknown][]);
  if ($ === "Object") return Object.fromEntries(of as [string, unknown][]);
  const kind = Object.hasOwn(numberArrays, $) ? numberArrays[$ as NumberArray] : undefined;
  if (kind === undefined) throw new SyntaxError(`nobody knows what ${JSON.stringify($)} is`);
  return new kind(of as number[]);
}
