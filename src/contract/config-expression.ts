import type { Parts } from "./config-parts.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { absent } from "./config-relations.ts";
import { ruleWords } from "./config-rule-words.ts";
import { compileRule, wordOf } from "./rule.ts";

/** A rule is checked before anything runs: its words, its names, and what it comes to. */
export function checkExpression(
  { inputs, signals }: Parts,
  names: readonly string[],
  text: string,
  wants: "bool" | "any",
  path: Path,
  report: Report,
): void {
  // Without all names, each of them might be the one that is missing.
  if (inputs.names === undefined || signals.names === undefined) return;
  const found = compileRule(text, names);
  if (!found.ok) {
    const words = ruleWords(text, found, names);
    const marked = markedAt(text, words?.from ?? found.from, report);
    if (words === undefined) {
      absent(found.unknown ?? "", names.map(wordOf), path, "input or signal", marked, "value");
      return;
    }
    const at = words.from === 0 ? "" : ` (at character ${words.from + 1})`;
    marked(path, `${words.message}${at}`, because("CONFIG_TYPE", words.remedy));
    return;
  }
  if (wants === "bool" && found.rule.kind !== "bool") {
    report(
      path,
      "is a number, and must be true or false",
      because("CONFIG_TYPE", "compare it with something, such as > 24.5"),
    );
  }
}

/** Marks the word, or the sign, that stands there. */
function markedAt(text: string, from: number, report: Report): Report {
  const word = /^(?:\d+,\d+|[\p{L}\d_.°%-]+|[^\s\p{L}\d_]+)/u.exec(text.slice(from))?.[0] ?? "";
  const part = { from, length: Math.max(1, word.length) };
  return (path, message, why) => report(path, message, { ...why, part });
}
