/** Where two values part for the first time. */
export interface Difference {
  /** Such as `effects[2].value`; "" when the values themselves differ. */
  readonly path: string;
  readonly one: unknown;
  readonly other: unknown;
}

/**
 * Undefined when two values of plain data are the same bit for bit: NaN is NaN, -0 is not 0, and a key
 * that holds `undefined` is not a key that is missing. The order of keys does not count, that of a
 * map's entries does.
 */
export function firstDifference(one: unknown, other: unknown, path = ""): Difference | undefined {
  if (Object.is(one, other)) return undefined;
  if (!isObject(one) || !isObject(other) || kindOf(one) !== kindOf(other)) {
    return { path, one, other };
  }
  if (one instanceof Map || one instanceof Set) {
    return firstDifference([...one], [...(other as typeof one)], path);
  }
  const isList = Array.isArray(one) || ArrayBuffer.isView(one);
  const named = (key: string): string =>
    isList ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
  for (const key of Object.keys(one)) {
    if (!Object.hasOwn(other, key)) return { path: named(key), one: one[key], other: missing };
    const found = firstDifference(one[key], other[key], named(key));
    if (found !== undefined) return found;
  }
  const added = Object.keys(other).find((key) => !Object.hasOwn(one, key));
  return added === undefined
    ? undefined
    : { path: named(added), one: missing, other: other[added] };
}

const missing = "(not there)";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const kindOf = (value: object): string => Object.prototype.toString.call(value);
