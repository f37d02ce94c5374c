/**
 * A map that is a value: a change gives a new one and leaves the old as it was. Its entries stand on
 * shelves, and a change copies one shelf only; an agent with a thousand of them cannot afford to copy
 * them all for each thing that it hears.
 */
export interface PersistentMap<V> {
  readonly size: number;
  readonly shelves: readonly ReadonlyMap<string, V>[];
}

const shelfCount = 64;

export function mapOf<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
  const shelves = Array.from({ length: shelfCount }, () => new Map<string, V>());
  for (const [key, value] of entries) shelves[shelfOf(key)]?.set(key, value);
  return { size: shelves.reduce((sum, shelf) => sum + shelf.size, 0), shelves };
}

export const lookUp = <V>(map: PersistentMap<V>, key: string): V | undefined =>
  map.shelves[shelfOf(key)]?.get(key);

export function put<V>(map: PersistentMap<V>, key: string, value: V): PersistentMap<V> {
  const shelf = new Map(map.shelves[shelfOf(key)] ?? []).set(key, value);
  return replaced(map, key, shelf);
}

export function remove<V>(map: PersistentMap<V>, key: string): PersistentMap<V> {
  if (lookUp(map, key) === undefined) return map;
  const shelf = new Map(map.shelves[shelfOf(key)] ?? []);
  shelf.delete(key);
  return replaced(map, key, shelf);
}

export function* valuesOf<V>(map: PersistentMap<V>): Generator<V> {
  for (const shelf of map.shelves) yield* shelf.values();
}

function replaced<V>(
  map: PersistentMap<V>,
  key: string,
  shelf: ReadonlyMap<string, V>,
): PersistentMap<V> {
  const at = shelfOf(key);
  const change = shelf.size - (map.shelves[at]?.size ?? 0);
  return { size: map.size + change, shelves: map.shelves.with(at, shelf) };
}

function shelfOf(key: string): number {
  let hash = 0;
  for (let i = 0; i < key.length; i += 1) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return (hash >>> 0) % shelfCount;
}
