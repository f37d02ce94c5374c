import { expect, test } from "vitest";
import { configCodes } from "#src/contract/config-problem.ts";
import { configReference } from "#src/contract/config-reference.ts";
import { annotatedSchema, configSchema, type SchemaNode } from "#src/contract/config-schema.ts";

const page = configReference();

test("every key has a row, and every row says what the key means", () => {
  const missing = keysIn(annotatedSchema()).filter((key) => !page.includes(`| \`${key}\` |`));
  expect(missing).toEqual([]);
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
});

test("a row says type, default, bounds and meaning", () => {
  expect(page).toContain(
    "| `timeout` | duration | `500ms` | 20ms … 30s | A request without an answer is given up after this long; the value then ages. |",
  );
  expect(page).toContain("| `port` | whole number | `502` | 1 … 65535 |");
  expect(page).toContain("| `setpoint` | quantity | required |");
});

test("every code of a problem is explained", () => {
  for (const code of Object.keys(configCodes)) expect(page).toContain(`\`${code}\``);
});

test("the schema for editors is of draft-7, with no word of our own in it", () => {
  const text = JSON.stringify(configSchema());
  expect(text).toContain('"$schema":"http://json-schema.org/draft-07/schema#"');
  expect(text).not.toContain('"holdfast":');
});

test("the schema for editors takes lengths of time as the program does", () => {
  const { oneOf = [] } = configSchema() as SchemaNode;
  const keepalive = oneOf[0]?.properties?.["uplink"]?.properties?.["keepalive"];
  const { pattern, description } = keepalive as { pattern: string; description: string };
  const matches = ["5s", "1h 30m", "5", "5 sec"].map((text) => new RegExp(pattern).test(text));
  expect(matches).toEqual([true, true, false, false]);
  expect(description).toMatch(/2s … 2m\.$/);
});

function keysIn(node: SchemaNode): string[] {
  const own = Object.entries(node.properties ?? {});
  const entry = node.additionalProperties || {};
  return [
    ...own.flatMap(([key, child]) => [key, ...keysIn(child)]),
    ...(node.oneOf ?? []).flatMap(keysIn),
    ...(entry.properties || entry.oneOf ? keysIn(entry) : []),
  ];
}
