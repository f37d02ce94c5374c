import type { Finding, Path } from "./config-problem.ts";
import { annotatedSchema, child, childValue, keysOf, type SchemaNode } from "./config-schema.ts";
import { suggest } from "./suggest.ts";

/**
 * Which environment variable stands for which key.
 *
 * EN1  HOLDFAST_UPLINK__URL is uplink.url: two underscores go one level down, case does not count.
 * EN2  One underscore stands for a new word in a key (MAX_POINTS is maxPoints), and for - or _ in
 *      an id that the file has.
 * EN3  A variable that names no key, or could mean several, is refused: a misspelt bound must never
 *      pass for one that was not wanted.
 */
export type Override =
  | { readonly kind: "override"; readonly path: Path; readonly fromFile: boolean }
  | { readonly kind: "refused"; readonly finding: Finding }
  | { readonly kind: "ignored" };

/** Read by the program itself, before there is a configuration. */
export const reservedVariables = [
  "HOLDFAST_CONFIG",
  "HOLDFAST_LAUNCHER",
  "HOLDFAST_RUNTIME",
  "HOLDFAST_PARENT_PIPE",
] as const;

const prefix = "HOLDFAST_";
const fileEnding = "_file";

/** What a variable with its text means for a file that says `said`. */
export function overrideOf(name: string, text: string, said: unknown): Override {
  const upper = name.toUpperCase();
  const isReserved = reservedVariables.some((reserved) => reserved === upper);
  if (!upper.startsWith(prefix) || isReserved) return { kind: "ignored" };
  const spelt = name.slice(prefix.length).toLowerCase();
  const found = pathsOf(annotatedSchema(), said, spelt, []);
  const [path, second] = found;
  if (path !== undefined && second === undefined)
    return { kind: "override", path, fromFile: false };
  if (path === undefined && spelt.endsWith(fileEnding)) {
    const [inFile, other] = pathsOf(
      annotatedSchema(),
      said,
      spelt.slice(0, -fileEnding.length),
      [],
    );
    if (inFile !== undefined && other === undefined)
      return { kind: "override", path: inFile, fromFile: true };
  }
  if (isOfKubernetes(upper, text)) return { kind: "ignored" };
  return { kind: "refused", finding: refusal(spelt, said, found) };
}

/** Set for a Service called holdfast or holdfast-…, in every pod beside it. */
const isOfKubernetes = (upper: string, text: string): boolean =>
  /^HOLDFAST(_[A-Z0-9]+)*_SERVICE_(HOST|PORT)(_[A-Z0-9]+)*$/.test(upper) ||
  /^HOLDFAST(_[A-Z0-9]+)*_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(upper) ||
  (upper.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(text));

/** All paths that a spelling could mean (EN1, EN2). */
function pathsOf(node: SchemaNode, said: unknown, spelt: string, at: Path): Path[] {
  return namesAt(node, said).flatMap((name): Path[] => {
    const path = [...at, name];
    const below = child(node, said, name);
    return spellings(name).flatMap((spelling): Path[] => {
      if (spelt === spelling) return [path];
      if (below === undefined || !spelt.startsWith(`${spelling}__`)) return [];
      return pathsOf(below, childValue(said, name), spelt.slice(spelling.length + 2), path);
    });
  });
}

/** Fixed keys, and the ids that the file has: a variable changes an entry, it never makes one. */
function namesAt(node: SchemaNode, said: unknown): string[] {
  const isMap = said !== null && typeof said === "object" && !Array.isArray(said);
  const ids = node.additionalProperties && isMap ? Object.keys(said) : [];
  return [...new Set([...keysOf(node, said), ...ids])];
}

function spellings(name: string): string[] {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase();
  return [...new Set([snake, name.toLowerCase()])];
}

function refusal(spelt: string, said: unknown, found: readonly Path[]): Finding {
  const base = { code: "CONFIG_ENVIRONMENT", path: [], on: "value" } as const;
  if (found.length > 1) {
    const meanings = found.map((path) => path.join(".")).join(" or ");
    return { ...base, message: `could mean ${meanings}`, remedy: "set it in the file instead" };
  }
  const known = allSpellings(annotatedSchema(), said, "", 0);
  const near = suggest(spelt, known);
  if (near === undefined) {
    const remedy = "unset it, or write it as HOLDFAST_SECTION__KEY for a key the file may have";
    return { ...base, message: "names no key of the configuration", remedy };
  }
  const suggestion = prefix + near.toUpperCase();
  return {
    ...base,
    message: `names no key of the configuration, did you mean ${suggestion}?`,
    remedy: `rename it to ${suggestion}`,
    suggestion,
  };
}

function allSpellings(node: SchemaNode, said: unknown, before: string, depth: number): string[] {
  if (depth > 6) return [];
  return namesAt(node, said).flatMap((name) => {
    const spelling = before + (spellings(name)[0] ?? "");
    const below = child(node, said, name);
    if (below === undefined) return [spelling];
    const deeper = allSpellings(below, childValue(said, name), `${spelling}__`, depth + 1);
    return [spelling, ...deeper];
  });
}
