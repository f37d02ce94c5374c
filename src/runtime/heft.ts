/**
 * About how many bytes of memory a value of plain data takes. A list is taken for as many of its first
 * item, so that the guess costs the same however long the list is; what lies deep is not looked at.
 */
export function heft(value: unknown, depth = 5): number {
  if (typeof value === "string") return 16 + value.length;
  if (typeof value !== "object" || value === null) return word;
  if (depth === 0) return 64;
  if (Array.isArray(value)) {
    return 32 + (value.length === 0 ? 0 : value.length * (word + heft(value[0], depth - 1)));
  }
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  if (value instanceof Map || value instanceof Set) return 64 + value.size * 128;
  let sum = 24;
  for (const key in value) {
    sum += word;
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof item === "object" || typeof item === "string") sum += heft(item, depth - 1);
  }
  return sum;
}

const word = 8;
