import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Config } from "#src/contract/config.ts";
import { overrideOf } from "#src/contract/config-environment.ts";
import { findingsOf } from "#src/contract/config-findings.ts";
import type { Finding, Path, Problem } from "#src/contract/config-problem.ts";
import { schemaAt } from "#src/contract/config-schema.ts";
import { warningsOf } from "#src/contract/config-warnings.ts";
import {
  isMap,
  type Layers,
  layAt,
  layOver,
  noLayers,
  originsOf,
  problemAt,
  problemsOf,
  type Source,
} from "./config-layers.ts";
import { readText, type TextRead } from "./config-text.ts";
import { readTree } from "./yaml-tree.ts";

/**
 * The configuration of a process, from its file and its environment.
 *
 * CF1  The environment goes before drop-in files, those before the file, the file before defaults.
 * CF2  All that is wrong is said at once, in the order of the file, each with its place.
 * CF3  Nothing is thrown for what files and variables say, and nothing in them is passed over.
 */
export type ConfigRead =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Who said each value, by path; what is not in it has its default. */
      readonly origins: ReadonlyMap<string, string>;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ConfigOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder whose *.yaml files are laid over the file in the order of their names. */
  readonly conf?: string | undefined;
  /** What else must hold of a sound configuration, such as that its plants exist. */
  readonly checks?: readonly Check[];
}

export type Check = (config: Config) => readonly Pick<Finding, "path" | "message">[];

/** At most this many bytes in a file, and in a file that a variable names. */
const mostBytes = 1024 * 1024;
const mostBytesOfValue = 64 * 1024;
const mostDropIns = 64;

export function readConfig(path: string, options: ConfigOptions): ConfigRead {
  const { names, problems } = dropIns(options.conf);
  let layers = noLayers;
  for (const name of [path, ...names]) {
    const read = readFile(name);
    if (read.ok) layers = layOver(layers, read.source, read.tree);
    else problems.push(...read.problems);
  }
  if (problems.length > 0) return { ok: false, problems };
  if (!isMap(layers.value)) return { ok: false, problems: problemsOf(layers, [notAMap(layers)]) };
  const overridden = override(layers, options.env);
  return judge(overridden.layers, overridden.problems, options.checks ?? []);
}

function judge(layers: Layers, problems: readonly Problem[], checks: readonly Check[]): ConfigRead {
  const parsed = Config.safeParse(layers.value);
  const found = parsed.success
    ? checks.flatMap((check) => check(parsed.data)).map(unserved)
    : findingsOf(parsed.error.issues, layers.value);
  if (!parsed.success || found.length > 0 || problems.length > 0)
    return { ok: false, problems: [...problemsOf(layers, found), ...problems] };
  return {
    ok: true,
    config: parsed.data,
    origins: originsOf(layers),
    warnings: problemsOf(layers, warningsOf(parsed.data)),
  };
}

const unserved = ({ path, message }: Pick<Finding, "path" | "message">): Finding => ({
  code: "CONFIG_REFERENCE",
  path,
  on: "value",
  message,
  remedy: "choose one that is there",
});

function notAMap({ value }: Layers): Finding {
  const remedy = "begin with role: node or role: region, or start from holdfast init";
  const at = { path: [], on: "value", remedy } as const;
  if (value === null) return { ...at, code: "CONFIG_MISSING", message: "the file says nothing" };
  const found = Array.isArray(value) ? "a list" : "a single value";
  return {
    ...at,
    code: "CONFIG_TYPE",
    message: `expected a map of keys and values, found ${found}`,
  };
}

/** A folder that is not there has no drop-ins: it is optional by its nature. */
function dropIns(folder: string | undefined): { names: string[]; problems: Problem[] } {
  if (folder === undefined) return { names: [], problems: [] };
  const refuse = (message: string, remedy: string) => {
    const source: Source = { kind: "file", name: folder, text: "" };
    return { names: [], problems: [unreadable(source, { ok: false, message, remedy })] };
  };
  try {
    const names = readdirSync(folder).filter((name) => /^[^.].*\.ya?ml$/.test(name));
    if (names.length > mostDropIns)
      return refuse(`holds more than ${mostDropIns} drop-in files`, "join some of them");
    return { names: names.sort().map((name) => join(folder, name)), problems: [] };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { names: [], problems: [] };
    return refuse(`cannot be listed: ${message}`, "check its owner and mode with ls -ld");
  }
}

function readFile(name: string) {
  const read = readText(name, mostBytes);
  const source: Source = { kind: "file", name, text: read.ok ? read.text : (read.before ?? "") };
  if (!read.ok) return { ok: false, problems: [unreadable(source, read)] } as const;
  const tree = readTree(read.text);
  if (tree.ok) return { ok: true, source, tree: tree.tree } as const;
  const problems = tree.misread.map((misread) => problemAt(source, misread.span, misread));
  return { ok: false, problems } as const;
}

function unreadable(source: Source, read: TextRead & { ok: false }): Problem {
  const { message, remedy, before } = read;
  const finding = { code: "CONFIG_UNREADABLE", path: [], message, remedy } as const;
  if (before !== undefined) {
    const end = before.length;
    return problemAt({ ...source, text: `${before}\ufffd` }, { from: end, to: end + 1 }, finding);
  }
  const nowhere = { line: 0, col: 0, length: 0, sourceLine: "" };
  return { ...problemAt(source, { from: 0, to: 0 }, finding), ...nowhere };
}

/** Lays the environment over the files (CF1). */
function override(files: Layers, env: ConfigOptions["env"]) {
  const problems: Problem[] = [];
  const setBy = new Map<string, string>();
  let layers = files;
  for (const name of Object.keys(env).sort()) {
    const text = env[name];
    if (text === undefined) continue;
    const source: Source = { kind: "environment", name, text };
    const meant = overrideOf(name, text, files.value);
    const refuse = (message: string, remedy: string, path: Path = []) =>
      problems.push(problemOf(source, { code: "CONFIG_ENVIRONMENT", path, message, remedy }));
    if (meant.kind === "ignored") continue;
    if (meant.kind === "refused") {
      problems.push(problemOf(source, meant.finding));
      continue;
    }
    const key = JSON.stringify(meant.path);
    const other = setBy.get(key);
    setBy.set(key, name);
    if (other !== undefined) {
      refuse(`is set by ${other} too`, "unset one of the two", meant.path);
      continue;
    }
    const read = meant.fromFile ? readText(text, mostBytesOfValue) : { ok: true as const, text };
    if (read.ok)
      layers = layAt(layers, source, meant.path, meaningOf(read.text, meant.path, files.value));
    else refuse(`${text}: ${read.message}`, "name a file with the value as its text", meant.path);
  }
  return { layers, problems };
}

const problemOf = (source: Source, finding: Omit<Finding, "on">): Problem =>
  problemAt(source, { from: 0, to: 0 }, finding);

/** Text where text is wanted; otherwise what the text would be in the file, but no map. */
function meaningOf(text: string, path: Path, said: unknown): unknown {
  const line = text.replace(/\r?\n$/, "");
  if (schemaAt(path, said)?.type === "string") return line;
  const read = readTree(line);
  return read.ok && !isMap(read.tree.value) ? read.tree.value : line;
}
