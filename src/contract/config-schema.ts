import { z } from "zod";
import { Config } from "./config.ts";
import type { Path } from "./config-problem.ts";

/** The configuration as JSON Schema draft-7, in the few words of it that our schemas use. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | false;
  /** Of a list of two one for each; of a longer list one for all. */
  readonly items?: readonly SchemaNode[] | SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  /** What JSON Schema has no word for. */
  readonly holdfast?: Form;
}

export type Form =
  | { readonly kind: "duration"; readonly range: string }
  | { readonly kind: "quantity" }
  | { readonly kind: "words"; readonly reason: string; readonly forms: string }
  | { readonly kind: "id" };

/** What may be written in a file, with our own annotations; defaults are not yet filled in. */
export function annotatedSchema(): SchemaNode {
  made ??= z.toJSONSchema(Config, { io: "input", target: "draft-7" }) as SchemaNode;
  return made;
}

// Made on demand: a process with a sound file never needs it.
let made: SchemaNode | undefined;

/** JSON Schema draft-7 of a configuration file, for editors. */
export function configSchema(): object {
  const schema = publish(annotatedSchema());
  return { ...schema, title: "holdfast configuration" };
}

function publish(node: unknown): object {
  if (Array.isArray(node)) return node.map((one) => publish(one));
  if (node === null || typeof node !== "object") return node as never;
  const { holdfast, ...rest } = node as SchemaNode;
  const published = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, publish(value)]),
  );
  if (holdfast?.kind !== "duration") return published;
  const description = [rest.description, `${holdfast.range}.`].filter(Boolean).join(" ");
  return { ...published, description, pattern: durationPattern };
}

const durationPattern = "^\\s*(\\d+(\\.\\d+)?\\s*(ms|s|m|h|d)\\s*)+$";

/** The schema of one place; undefined where nothing may stand. */
export function schemaAt(path: Path, said: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = annotatedSchema();
  let value = said;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = child(node, value, step);
    value = childValue(value, step);
  }
  return node;
}

/** The fixed keys that may stand at a place; of all alternatives where none is chosen yet. */
export function keysOf(node: SchemaNode, value: unknown): string[] {
  const keys = alternatives(node, value).flatMap((one) => Object.keys(one.properties ?? {}));
  return [...new Set(keys)];
}

/** What stands at a place in what was said. */
export function valueAt(said: unknown, path: Path): unknown {
  return path.reduce(childValue, said);
}

export function childValue(value: unknown, step: string | number): unknown {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}

/** The schema of what stands under one key, or at one place of a list. */
export function child(
  node: SchemaNode,
  value: unknown,
  step: string | number,
): SchemaNode | undefined {
  const found = alternatives(node, value).flatMap((one) => childOf(one, step) ?? []);
  const tags = found.flatMap((one) => (one.const === undefined ? [] : [one.const]));
  const [first] = found;
  return first !== undefined && tags.length > 1 ? { type: "string", enum: tags } : first;
}

function childOf(node: SchemaNode, step: string | number): SchemaNode | undefined {
  const { items } = node;
  if (typeof step === "number") return isList(items) ? items[step] : items;
  const fixed = node.properties;
  if (fixed !== undefined && Object.hasOwn(fixed, step)) return fixed[step];
  return node.additionalProperties || undefined;
}

const isList = (items: SchemaNode["items"]): items is readonly SchemaNode[] => Array.isArray(items);

/** The alternative that the value's own words choose; all of them when they choose none. */
function alternatives(node: SchemaNode, value: unknown): readonly SchemaNode[] {
  if (node.oneOf === undefined) return [node];
  const chosen = node.oneOf.filter((one) => agrees(one, value));
  return chosen.length > 0 ? chosen : node.oneOf;
}

function agrees(node: SchemaNode, value: unknown): boolean {
  return Object.entries(node.properties ?? {}).every(
    ([key, property]) => !isTag(property, node, key) || childValue(value, key) === property.const,
  );
}

const isTag = (property: SchemaNode, node: SchemaNode, key: string): boolean =>
  property.const !== undefined && (node.required ?? []).includes(key);
