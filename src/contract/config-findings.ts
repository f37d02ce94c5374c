import type { z } from "zod";
import { type Because, type Finding, type Path, quote } from "./config-problem.ts";
import { keysOf, type SchemaNode, schemaAt, valueAt } from "./config-schema.ts";
import { suggest } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

/** Says in the words of the site file what the schema refused. */
export function findingsOf(issues: readonly Issue[], said: unknown): Finding[] {
  const all = issues.flatMap((issue) => findingOf(issue, said));
  // A misspelt key is also a missing one; one typing error deserves one complaint.
  const misspelt = new Set(
    all.flatMap(({ code, path, suggestion }) =>
      code === "CONFIG_UNKNOWN_KEY" && suggestion !== undefined
        ? [JSON.stringify([...path.slice(0, -1), suggestion])]
        : [],
    ),
  );
  return all.filter(
    ({ code, path }) => code !== "CONFIG_MISSING" || !misspelt.has(JSON.stringify(path)),
  );
}

function findingOf(issue: Issue, said: unknown): Finding[] {
  const path = issue.path as Path;
  const value = valueAt(said, path);
  const node = schemaAt(path, said) ?? {};
  if (issue.code === "custom") return [custom(issue, path)];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(path, key, keysOf(node, value)));
  }
  if (issue.code === "invalid_key") return [badId(path)];
  if (value === undefined || value === null) return [missing(path, node, value)];
  if (issue.code === "too_small" || issue.code === "too_big") {
    if (typeof value === "number") return [outside(path, node, value)];
    return [wrongLength(path, node, value)];
  }
  if (issue.code === "invalid_format" && node.holdfast?.kind !== "id") {
    return [{ code: "CONFIG_TYPE", path, on: "value", message: issue.message, remedy: rewrite }];
  }
  return [wrongType(path, node, value)];
}

const idRule = "1 to 32 of a-z, 0-9, _ and -, first a letter or digit";
const rewrite = "write it in this form";

function custom(issue: Issue & { code: "custom" }, path: Path): Finding {
  const { code, remedy, suggestion, on, part } = (issue.params ?? {}) as Partial<Because>;
  return {
    code: code ?? "CONFIG_CONFLICT",
    path,
    on: on ?? "value",
    message: issue.message,
    remedy: remedy ?? "change one of the two",
    suggestion,
    part,
  };
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const suggestion = suggest(key, known);
  const meant = suggestion === undefined ? "" : `, did you mean ${suggestion}?`;
  return {
    code: "CONFIG_UNKNOWN_KEY",
    path: [...path, key],
    on: "key",
    message: `unknown key${meant}`,
    remedy:
      suggestion === undefined
        ? `remove it; this place knows ${known.join(", ")}`
        : `rename it to ${suggestion}`,
    suggestion,
  };
}

/** The id that is nearest to what was written: "Cold Room" becomes cold-room. */
function badId(path: Path): Finding {
  const said = String(path.at(-1));
  const suggestion = idLike(said);
  return {
    code: "CONFIG_TYPE",
    path,
    on: "key",
    message: `${quote(said)} is not an id: ${idRule}`,
    remedy: suggestion === undefined ? "choose another name" : `rename it to ${suggestion}`,
    suggestion,
  };
}

function idLike(said: string): string | undefined {
  const id = said
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[-_]+|-+$/g, "")
    .slice(0, 32);
  return id === "" ? undefined : id;
}

function missing(path: Path, node: SchemaNode, value: unknown): Finding {
  const key = path.at(-1);
  const empty = node.additionalProperties !== undefined && node.additionalProperties !== false;
  if (value === null && path.length > 0) {
    const none = empty ? `, or write ${key}: {} for none` : ", or remove the key";
    return {
      code: "CONFIG_MISSING",
      path,
      on: "key",
      message: "has no value",
      remedy: `write ${wanted(node)} behind it${none}`,
    };
  }
  return {
    code: "CONFIG_MISSING",
    path,
    on: "key",
    message: "is missing",
    remedy: `add ${key}: with ${wanted(node)}${reason(node)}`,
  };
}

/** What to write there; all forms where there are several. */
const wanted = (node: SchemaNode): string =>
  node.holdfast?.kind === "words" ? `one of: ${node.holdfast.forms}` : expected(node);

function reason({ description, holdfast }: SchemaNode): string {
  const said = holdfast?.kind === "words" ? holdfast.reason : description;
  return said === undefined ? "" : `. ${said}`;
}

function outside(path: Path, node: SchemaNode, value: number): Finding {
  const { minimum, maximum, exclusiveMinimum } = node;
  const range =
    exclusiveMinimum !== undefined
      ? `greater than ${exclusiveMinimum}`
      : `${minimum ?? "any"} … ${maximum ?? "any"}`;
  return {
    code: "CONFIG_BOUNDS",
    path,
    on: "value",
    message:
      exclusiveMinimum !== undefined
        ? `${value} is too small: it must be ${range}`
        : `${value} is outside ${range}`,
    remedy: exclusiveMinimum !== undefined ? "write a greater number" : "choose a value inside",
  };
}

function wrongLength(path: Path, node: SchemaNode, value: unknown): Finding {
  const found = Array.isArray(value)
    ? `a list of ${value.length}`
    : `text of ${String(value).length} characters`;
  return {
    code: "CONFIG_TYPE",
    path,
    on: "value",
    message: `expected ${expected(node)}, found ${found}`,
    remedy: `write ${expected(node)}`,
  };
}

function wrongType(path: Path, node: SchemaNode, value: unknown): Finding {
  const suggestion = meantBy(node, value);
  return {
    code: "CONFIG_TYPE",
    path,
    on: "value",
    message: `expected ${expected(node)}, found ${found(value)}`,
    remedy: `write ${suggestion ?? wanted(node)}`,
    suggestion,
  };
}

function meantBy(node: SchemaNode, value: unknown): string | undefined {
  const choices = choicesOf(node);
  if (choices.length > 0) return suggest(String(value), choices);
  const isPlain = typeof value === "number" || typeof value === "boolean";
  switch (node.holdfast?.kind) {
    case "duration":
      return typeof value === "number" && value >= 0 ? `${value}s` : undefined;
    case "id":
      return isPlain ? `"${value}"` : typeof value === "string" ? idLike(value) : undefined;
    case "quantity":
      return undefined;
    case "words": {
      const isValue = typeof value === "number" && /\bvalue /.test(node.holdfast.forms);
      return isValue ? `value ${value}` : undefined;
    }
    default:
  }
  if (node.type === "string" && isPlain) return `"${value}"`;
  if (isNumber(node) && typeof value === "string" && value.trim() !== "") {
    return Number.isFinite(Number(value)) ? String(Number(value)) : undefined;
  }
  return undefined;
}

/** Names what a place wants, to be read after "expected". */
export function expected(node: SchemaNode): string {
  const choices = choicesOf(node);
  if (choices.length > 1) return `one of ${choices.join(", ")}`;
  if (choices.length === 1) return choices[0] ?? "";
  switch (node.holdfast?.kind) {
    case "duration":
      return "a length of time with its unit, such as 250ms, 5s or 10m";
    case "quantity":
      return "a number with or without its unit, such as 4.5 or 4.5 degC";
    case "words":
      return "one of its forms";
    case "id":
      return `an id (${idRule})`;
    default:
  }
  if (node.type === "array") {
    return Array.isArray(node.items) ? "a list of two, [least, greatest]" : "a list";
  }
  if (node.type === "object" || node.oneOf !== undefined) return "a map of keys and values";
  if (node.type === "integer") return "a whole number";
  if (node.type === "number") return "a number";
  if (node.type === "boolean") return "true or false";
  return node.maxLength === undefined ? "text" : `text of 1 to ${node.maxLength} characters`;
}

/** The words that may stand here, including the tags of alternatives. */
function choicesOf(node: SchemaNode): string[] {
  if (node.enum !== undefined) return node.enum.map(String);
  return node.const === undefined ? [] : [String(node.const)];
}

const isNumber = ({ type }: SchemaNode): boolean => type === "number" || type === "integer";

function found(value: unknown): string {
  if (typeof value === "string") return value === "" ? "empty text" : quote(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  // As YAML writes them.
  if (Number.isNaN(value)) return ".nan";
  if (value === Number.POSITIVE_INFINITY) return ".inf";
  if (value === Number.NEGATIVE_INFINITY) return "-.inf";
  return String(value);
}
