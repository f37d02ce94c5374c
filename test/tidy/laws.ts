import { type Finding, lineAt } from "./finding.ts";
import { matches } from "./matches.ts";
import type { SourceFile } from "./repository.ts";
import { viewsOf } from "./views.ts";

export interface Law {
  readonly id: string;
  readonly path: string;
  readonly line: number;
}

const product = ["src/**/*.ts", "agents/**/*.ts", "broker/**/*.ts", "firmware-sim/**/*.ts"];
const tests = ["test/**/*.ts", "!test/tidy/**"];
const stated = /^ \* ([A-Z]+\d+) {2}\S/gm;

/** The laws that the headers of the product's modules state. */
export function lawsOf(files: readonly SourceFile[]): readonly Law[] {
  return files
    .filter((file) => matches(product, file.path))
    .flatMap((file) =>
      [...file.text.matchAll(stated)].map((match) => ({
        id: match[1] ?? "",
        path: file.path,
        line: lineAt(file.text, match.index),
      })),
    );
}

/** Laws that share a name with another, and laws that no test cites. */
export function unkept(files: readonly SourceFile[]): readonly Finding[] {
  const laws = lawsOf(files);
  const cited = citations(files);
  return laws.flatMap(({ id, path, line }) => {
    const twin = laws.find((law) => law.id === id && (law.path !== path || law.line !== line));
    const findings: Finding[] = [];
    if (twin !== undefined) findings.push({ path, line, says: `${id} is also in ${twin.path}` });
    if (!cited.has(id)) findings.push({ path, line, says: `no test cites ${id}` });
    return findings;
  });
}

/** Whatever a test says in a string or a comment; "BO1–BO3" and "BO1, BO2" cite each of theirs. */
export function citations(files: readonly SourceFile[]): ReadonlySet<string> {
  const cited = new Set<string>();
  for (const file of files.filter((one) => matches(tests, one.path))) {
    const { code } = viewsOf(file.text);
    const prose = [...file.text].map((char, at) => (code[at] === char ? " " : char)).join("");
    for (const [, name = "", from = "", to] of prose.matchAll(cite)) {
      const last = Number(to ?? from);
      for (let number = Number(from); number <= last; number += 1) cited.add(`${name}${number}`);
    }
  }
  return cited;
}

const cite = /\b([A-Z]+)(\d{1,3})(?:\s?[–-]\s?(?:\1)?(\d{1,3}))?\b/g;
