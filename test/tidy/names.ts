import type { Finding } from "./finding.ts";
import { lineAt } from "./finding.ts";
import { matches } from "./matches.ts";
import type { SourceFile } from "./repository.ts";
import { viewsOf } from "./views.ts";

/** Names that tools and readers of a repository look for. */
const given = [
  "**/README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "NOTICE",
  "Dockerfile",
];

const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
/** They say that a thing exists, not what it is. */
const empty = /(?:^|[a-z0-9])(?:Manager|Helper|Util)s?(?![a-z])/;
const emptyFile = /(?:^|[-./])(?:manager|helper|util)s?(?=[-./]|$)/;

export function misnamed(file: SourceFile): readonly Finding[] {
  return [...pathFindings(file.path), ...exportFindings(file)];
}

function pathFindings(path: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (!matches(given, path) && !path.split("/").every((part) => kebab.test(part))) {
    findings.push({ path, line: 1, says: "is not named in kebab-case" });
  }
  if (emptyFile.test(path)) findings.push({ path, line: 1, says: "has a name that says nothing" });
  return findings;
}

/** Declared names and names in braces; what `export *` passes on is seen where it is declared. */
function exportFindings(file: SourceFile): readonly Finding[] {
  if (!file.path.endsWith(".ts")) return [];
  const { code } = viewsOf(file.text);
  return [...code.matchAll(exported)].flatMap((match) =>
    (match[1] ?? match[2] ?? "")
      .split(/\W+/)
      .filter((name) => empty.test(capital(name)))
      .map((name) => ({
        path: file.path,
        line: lineAt(code, match.index),
        says: `exports ${name}, a name that says nothing`,
      })),
  );
}

const exported =
  /\bexport\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|interface|type)\s+(\w+)|\bexport\s+(?:type\s+)?\{([^}]*)\}/g;

const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);
