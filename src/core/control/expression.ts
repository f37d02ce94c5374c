import { invariant } from "#src/base/assert.ts";
import { type CompiledRule, compileRule } from "#src/contract/rule.ts";

/** A rule of a site file in its place: text, and where the names in it are found. Plain data. */
export interface Expression {
  readonly text: string;
  /** Names that it may use, by place. */
  readonly names: readonly string[];
  /** Places of those it does use. */
  readonly uses: readonly number[];
}

export interface Known {
  readonly value: number;
  readonly usable: boolean;
}

interface Ready {
  readonly rule: CompiledRule;
  readonly values: Record<string, number>;
}

/** Compiled once: the text says all there is to know. */
const ready = new WeakMap<Expression, Ready>();

export function expression(text: string, names: readonly string[]): Expression {
  const { uses } = compiled(text, names);
  return { text, names, uses: uses.map((name) => names.indexOf(name)) };
}

/** What it comes to at these values; undefined while one that it uses is not to be relied upon. */
export function evaluate(
  of: Expression,
  known: (place: number) => Known,
): number | boolean | undefined {
  let made = ready.get(of);
  if (made === undefined) {
    made = { rule: compiled(of.text, of.names), values: {} };
    ready.set(of, made);
  }
  for (const place of of.uses) {
    const { value, usable } = known(place);
    if (!usable) return undefined;
    made.values[of.names[place] as string] = value;
  }
  return made.rule.evaluate(made.values);
}

function compiled(text: string, names: readonly string[]): CompiledRule {
  const found = compileRule(text, names);
  invariant(found.ok, "a sound site file has sound rules");
  return found.rule;
}
