import { reservedVariables } from "./config-environment.ts";
import { configCodes } from "./config-problem.ts";
import { annotatedSchema, type SchemaNode } from "./config-schema.ts";

/** docs/configuration.md: every key there is, from the schemas that judge it. */
export function configReference(): string {
  const roles = annotatedSchema().oneOf ?? [];
  const shown = new Map<string, string>();
  const sections = roles.flatMap((role) => {
    const name = String(role.properties?.["role"]?.const);
    const title = `## role: ${name}`;
    return [title, role.description ?? "", ...section("", role, 2, name, shown)];
  });
  return `${[intro, ...sections, environment, codes()].join("\n\n")}\n`;
}

const intro = `# Configuration

<!-- Generated from src/contract by npm run docs. -->

A process of holdfast reads one YAML file. \`holdfast init\` writes one that runs as it is, and
\`holdfast run --check\` says everything that is wrong with a file at once, with the place of each
problem and what to do about it. Unknown keys are errors: a misspelt bound must never pass for a
bound that was not wanted.

For completion and hints in an editor, write the schema to a file with
\`holdfast schema config > holdfast.schema.json\` and begin the configuration with:

\`\`\`yaml
# yaml-language-server: $schema=holdfast.schema.json
\`\`\`

How values are written:

| type | meaning |
| --- | --- |
| duration | A length of time, always with its unit: \`250ms\`, \`5s\`, \`10m\`, \`1h 30m\`, \`2d\`. |
| quantity | A number with or without its unit: \`4.5\` or \`4.5 degC\`. A unit must be the unit of the signal; nothing is converted. |
| id | 1 to 32 of \`a-z\`, \`0-9\`, \`_\` and \`-\`, first a letter or digit. |
| range | Two quantities, least and greatest: \`[2, 8]\`. |`;

const environment = `## Drop-in files

The \`*.yaml\` files of a folder \`conf.d\` beside the file are laid over it in the order of their
names: maps are joined key by key, everything else is replaced. The environment goes before drop-in
files, those before the file, and the file before defaults.

## Environment

A variable overrides a key of the file: \`HOLDFAST_UPLINK__URL\` is \`uplink.url\`. Two underscores go
one level down. One underscore begins a new word of a key (\`HOLDFAST_BUFFER__MAX_POINTS\` is
\`buffer.maxPoints\`) or stands for the \`-\` of an id that the file has
(\`HOLDFAST_LOOPS__COLD_ROOM__SETPOINT\` is the setpoint of \`loops.cold-room\`). Case does not count.
A value is written as in the file; a list as \`[2, 8]\`. With \`_FILE\` behind the name, the value is
read from the file that the variable names.

A variable that names no key is an error. These are read by the program itself and override nothing:
${reservedVariables.map((name) => `\`${name}\``).join(", ")}.`;

function codes(): string {
  const rows = Object.entries(configCodes).map(
    ([code, { severity, meaning }]) => `| \`${code}\` | ${severity} | ${meaning} |`,
  );
  return [
    "## Problems\n",
    "An error keeps a process from starting; a warning does not. Codes never change their meaning.\n",
    "| code | | meaning |",
    "| --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** A table of the keys at one place, then the places below it. */
function section(
  at: string,
  node: SchemaNode,
  level: number,
  role: string,
  shown: Map<string, string>,
): string[] {
  const kinds = node.oneOf ?? [];
  const common = kinds.length > 0 ? commonTo(kinds) : node;
  const parts = kinds.length > 0 ? ["Keys of every kind:", table(common)] : [table(common)];
  for (const kind of kinds) {
    const own = without(kind, common);
    const tag = Object.entries(kind.properties ?? {}).find(([, one]) => one.const !== undefined);
    parts.push(heading(level + 1, `${at}, ${tag?.[0]}: ${tag?.[1].const}`), table(own));
    parts.push(...below(at, own, level + 1, role, shown));
  }
  parts.push(...below(at, common, level, role, shown));
  return parts.filter((part) => part !== "");
}

/** The places below one of the keys of a table. */
function below(
  at: string,
  node: SchemaNode,
  level: number,
  role: string,
  shown: Map<string, string>,
): string[] {
  const parts: string[] = [];
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const entry = entryOf(child);
    if (entry === undefined) continue;
    const place = at === "" ? key : `${at}.${key}`;
    const name =
      entry === child ? place : listed(child) ? `${place}[]` : `${place}.<${singular(key)}>`;
    const same = JSON.stringify(child);
    const first = shown.get(same);
    parts.push(heading(level + 1, name), child.description ?? "");
    if (first === undefined) {
      shown.set(same, `\`${name}\` of a ${role}`);
      parts.push(...section(name, entry, level + 1, role, shown));
    } else {
      parts.push(`The same keys as in ${first}.`);
    }
  }
  return parts;
}

/** What each entry of a list is. */
const listed = ({ items }: SchemaNode): SchemaNode | undefined =>
  items === undefined || Array.isArray(items) ? undefined : (items as SchemaNode);

/** The map behind a key: itself, or that of each entry where the user chooses the names. */
function entryOf(node: SchemaNode): SchemaNode | undefined {
  if (node.properties !== undefined) return node;
  const entry = node.additionalProperties || listed(node);
  return entry && (entry.properties ?? entry.oneOf) !== undefined ? entry : undefined;
}

function commonTo(kinds: readonly SchemaNode[]): SchemaNode {
  const [first = {}, ...others] = kinds;
  const shared = Object.entries(first.properties ?? {}).filter(([key, node]) =>
    others.every((other) => JSON.stringify(other.properties?.[key]) === JSON.stringify(node)),
  );
  return { ...first, properties: Object.fromEntries(shared) };
}

function without(kind: SchemaNode, common: SchemaNode): SchemaNode {
  const own = Object.entries(kind.properties ?? {}).filter(
    ([key]) => !Object.hasOwn(common.properties ?? {}, key),
  );
  return { ...kind, properties: Object.fromEntries(own) };
}

const heading = (level: number, name: string): string =>
  `${"#".repeat(Math.min(level, 4))} ${name.replace(/[^ ,:]*[.<][^ ,:]*/, (path) => `\`${path}\``)}`;

const singular = (key: string): string =>
  key === "simulation" ? "device" : key === "signals" ? "signal" : key.replace(/s$/, "");

function table(node: SchemaNode): string {
  const rows = Object.entries(node.properties ?? {}).map(([key, child]) =>
    [
      `\`${key}\``,
      typeOf(child),
      defaultOf(key, child, node),
      boundsOf(child),
      cell(child.description ?? ""),
    ].join(" | "),
  );
  if (rows.length === 0) return "";
  const head = ["| key | type | default | bounds | meaning |", "| --- | --- | --- | --- | --- |"];
  return [...head, ...rows.map((row) => `| ${row} |`)].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function typeOf(node: SchemaNode): string {
  if (node.holdfast?.kind === "words") return "text";
  if (node.holdfast !== undefined) return node.holdfast.kind;
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.enum !== undefined) return node.enum.map((one) => `\`${one}\``).join(", ");
  if (node.items !== undefined) return listed(node) === undefined ? "range" : "list";
  if (node.type === "integer") return "whole number";
  if (node.type === "string") return "text";
  if (node.type === "number") return "number";
  if (node.type === "boolean") return "`true`, `false`";
  return entryOf(node) === node ? "map" : "map by name";
}

function defaultOf(key: string, child: SchemaNode, node: SchemaNode): string {
  const isRequired = node.required?.includes(key) ?? false;
  const isMap = entryOf(child) !== undefined;
  if (isRequired) return "required";
  if (isMap || child.default === undefined) return "";
  return `\`${child.default}\``;
}

function boundsOf(node: SchemaNode): string {
  if (node.holdfast?.kind === "duration") return node.holdfast.range;
  if (node.exclusiveMinimum !== undefined) return `above ${grouped(node.exclusiveMinimum)}`;
  const { minimum, maximum } = node;
  if (minimum !== undefined && maximum !== undefined)
    return `${grouped(minimum)} … ${grouped(maximum)}`;
  if (node.holdfast === undefined && node.maxLength !== undefined)
    return `1 … ${node.maxLength} characters`;
  return "";
}

/** Thousands apart, as people read them: 5 000 000. */
const grouped = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+$)/g, count >= 100_000 ? " " : "");
