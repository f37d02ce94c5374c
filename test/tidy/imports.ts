import { lineAt } from "./finding.ts";
import { viewsOf } from "./views.ts";

export interface Import {
  /** Undefined when it is computed, so that nobody can say what it loads. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** Static, side-effect, re-export, dynamic, `require` and `typeof import(…)`: all that loads or names a file. */
export function importsOf(text: string): readonly Import[] {
  const { code, said } = viewsOf(text);
  return [...code.matchAll(loads)].map((match) => {
    const quoteAt = match.index + match[0].length - 1;
    return {
      specifier: /["'`]$/.test(match[0]) ? literalAt(said, quoteAt) : undefined,
      line: lineAt(text, match.index),
      typeOnly: match[0].startsWith("from") && isTypeOnly(code.slice(0, match.index)),
    };
  });
}

/** Up to the opening quote, or to the first character of what is not a literal. */
const loads = /\bfrom\s*["']|(?<![.#])\bimport\s*["']|(?<![.#])\b(?:import|require)\s*\(\s*[^\s]/g;

function literalAt(said: string, quoteAt: number): string | undefined {
  const quote = said[quoteAt] ?? "";
  const literal = said.slice(quoteAt + 1, said.indexOf(quote, quoteAt + 1));
  return literal.includes("${") ? undefined : literal;
}

/** The words before `from` belong to the last `import` or `export` before it. */
function isTypeOnly(before: string): boolean {
  const statement = before.slice(
    Math.max(before.lastIndexOf("import"), before.lastIndexOf("export")),
  );
  return /^(?:import|export)\s+type\b(?!\s*,)\s*\S/.test(statement);
}
