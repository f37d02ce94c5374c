import type { Finding } from "./finding.ts";
import type { SourceFile } from "./repository.ts";

/** What a page of the manual has to speak of and does not; a page that is not there lacks it all. */
export function unmentioned(
  files: readonly SourceFile[],
  path: string,
  words: readonly string[],
): readonly Finding[] {
  const page = files.find((file) => file.path === path);
  if (page === undefined) return [{ path, line: 1, says: "is not there" }];
  if (words.length === 0) return [{ path, line: 1, says: "has nothing to speak of" }];
  return words
    .filter((word) => !whole(word).test(page.text))
    .map((word) => ({ path, line: 1, says: `does not mention ${word}` }));
}

/** A code that is the beginning of another is not mentioned by it. */
function whole(word: string): RegExp {
  return new RegExp(`(?<![\\w/])${word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![\\w/])`);
}
