import { layers } from "./layers.ts";

/** The table of layers as Markdown, for people. */
export function layersTable(): string {
  const rows = Object.entries(layers).map(([name, { reach, node, never }]) =>
    row(`\`${name}\``, reach.length === 0 ? "–" : listed(reach), nodeFiles(node), never),
  );
  return [
    row("folder", "may import", "`node:` in", "never contains"),
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function listed(patterns: readonly string[]): string {
  if (patterns.includes("**")) return "anything";
  const but = patterns.filter((one) => one.startsWith("!")).map((one) => quoted(one.slice(1)));
  const these = patterns.filter((one) => !one.startsWith("!")).map(quoted);
  return these.join(", ") + (but.length === 0 ? "" : ` but ${but.join(", ")}`);
}

const nodeFiles = (patterns: readonly string[]): string =>
  patterns.length === 0 ? "–" : patterns.includes("**") ? "any" : patterns.map(quoted).join(", ");

const quoted = (pattern: string): string => `\`${pattern.replace(/\/\*\*$/, "")}\``;
