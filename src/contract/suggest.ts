/** The nearest of the known names to one that nobody knows; undefined when none is near. */
export function suggest(said: string, known: Iterable<string>): string | undefined {
  const word = plain(said.slice(0, longest));
  let best: { readonly name: string; readonly distance: number; readonly rank: number } | undefined;
  for (const name of known) {
    const other = plain(name.slice(0, longest));
    const distance = editDistance(word, other);
    // Of names equally near, the one that begins alike: minOf means minOff rather than minOn.
    const rank = distance - sharedPrefix(word, other) / (2 * longest);
    if (best === undefined || rank < best.rank) best = { name, distance, rank };
  }
  if (best === undefined || word.length === 0) return undefined;
  // A third of the word may be wrong: further away, a guess misleads more often than it helps.
  return best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined;
}

/** A longer name is no misspelling, and the distance takes time by the square of the length. */
const longest = 40;

/** Case and separators are what people mix up most: max_points means maxPoints. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_ .]/g, "");

function sharedPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        at(now, column - 1) + 1,
        at(last, column) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      now.push(cost);
    }
    beforeLast = last;
    last = now;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? 0;
