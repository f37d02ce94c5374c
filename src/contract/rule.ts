import { type ASTNode, Environment, serialize } from "@marcbachmann/cel-js";
import { limits } from "./limits.ts";

/**
 * Rules of a site file: expressions in CEL (Common Expression Language), over numbers by name.
 *
 * RU1  A rule is checked when it is read: its words, its names, and that it gives a number or a
 *      condition. One that passed never throws.
 * RU2  Its cost is bounded by its length: no loops, lists, texts or patterns, and at most
 *      `limits.ruleNodes` parts.
 * RU3  All numbers are doubles: 25 is 25.0. What comes to no finite number comes to undefined, also in
 *      the midst of a condition: 0 / 0 is not below 5, nor above it.
 *
 * An id is written with _ where it has -, for in a rule - is a minus: room_air.
 */
export interface CompiledRule {
  readonly kind: "number" | "bool";
  /** The names that it uses, as they were given. */
  readonly uses: readonly string[];
  /** Where it compares a name with a number. */
  readonly comparisons: readonly Comparison[];
  /** Values by name as it was given. */
  evaluate(values: Readonly<Record<string, number>>): number | boolean | undefined;
}

/** As if the name stood first: 5 < level is level > 5. */
export interface Comparison {
  readonly name: string;
  readonly is: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly than: number;
}

export type Compiled =
  | { readonly ok: true; readonly rule: CompiledRule }
  /** `from` counts characters of the text; `unknown` is a name that is none. */
  | {
      readonly ok: false;
      readonly message: string;
      readonly from: number;
      readonly unknown?: string;
    };

const bounds = {
  maxAstNodes: limits.ruleNodes,
  maxDepth: 32,
  maxListElements: 0,
  maxMapEntries: 0,
  maxCallArguments: 2,
};

export function compileRule(text: string, names: readonly string[]): Compiled {
  const foreign = foreignPart(text);
  if (foreign !== undefined) return foreign;
  const doubles = asDoubles(text);
  const words = new Map<string, string>();
  const environment = new Environment({ limits: bounds })
    .registerFunction("min(double, double): double", Math.min)
    .registerFunction("max(double, double): double", Math.max)
    .registerFunction("abs(double): double", Math.abs)
    .registerFunction(`${quotient}(double, double): double`, divide);
  for (const name of names) {
    const word = wordOf(name);
    if (!words.has(word)) environment.registerVariable(word, "double");
    words.set(word, name);
  }
  const used = [...new Set(text.match(/(?<!\w)[A-Za-z_]\w*/g) ?? [])].filter((word) =>
    words.has(word),
  );
  const twofold = used.find((word) => names.filter((name) => wordOf(name) === word).length > 1);
  if (twofold !== undefined) {
    const both = names.filter((name) => wordOf(name) === twofold).join(" and ");
    return refuse(`${both} are both written ${twofold} here`, text.indexOf(twofold));
  }
  const found = compile(environment, doubles, words, used);
  const unknown = found.ok ? undefined : /^Unknown variable: (\w+)/.exec(found.message)?.[1];
  return unknown === undefined ? found : ({ ...found, unknown } as Compiled);
}

function compile(
  environment: Environment,
  { text, placeOf }: Doubles,
  words: ReadonlyMap<string, string>,
  used: readonly string[],
): Compiled {
  try {
    const run = environment.parse(text);
    const found = run.check();
    if (!found.valid) throw found.error;
    if (found.type !== "double" && found.type !== "bool") {
      return refuse(`comes to a ${found.type}, and must to a number or a condition`, 0);
    }
    const ready = text.includes("/") ? environment.parse(serialize(guarded(run.ast))) : run;
    const uses = used.map((word) => words.get(word) as string);
    const given: Record<string, number> = {};
    return {
      ok: true,
      rule: {
        kind: found.type === "bool" ? "bool" : "number",
        uses,
        comparisons: comparisonsIn(run.ast, words),
        evaluate(values) {
          for (const [at, name] of uses.entries()) given[used[at] as string] = values[name] ?? 0;
          return settle(ready, given);
        },
      },
    };
  } catch (error) {
    const { message, range } = error as { message?: string; range?: { start: number } };
    return refuse((message ?? String(error)).split("\n")[0] ?? "", placeOf(range?.start ?? 0));
  }
}

function comparisonsIn(node: ASTNode, words: ReadonlyMap<string, string>): readonly Comparison[] {
  const inside = (part: unknown): readonly Comparison[] =>
    Array.isArray(part) ? part.flatMap(inside) : isNode(part) ? comparisonsIn(part, words) : [];
  const turned = turnedAround[node.op];
  if (turned === undefined) return inside(node.args);
  const [left, right] = node.args as [ASTNode, ASTNode];
  const sides = [
    { name: nameOf(left, words), is: node.op as Comparison["is"], than: constantOf(right) },
    { name: nameOf(right, words), is: turned, than: constantOf(left) },
  ];
  const said = sides.flatMap(({ name, is, than }) =>
    name === undefined || than === undefined ? [] : [{ name, is, than }],
  );
  return [...said, ...inside(node.args)];
}

const turnedAround: Readonly<Record<string, Comparison["is"]>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

const nameOf = ({ op, args }: ASTNode, words: ReadonlyMap<string, string>): string | undefined =>
  op === "id" ? words.get(String(args)) : undefined;

function constantOf({ op, args }: ASTNode): number | undefined {
  if (op === "value") return typeof args === "number" ? args : undefined;
  const inner = op === "-_" ? constantOf(args as ASTNode) : undefined;
  return inner === undefined ? undefined : -inner;
}

const quotient = "quotient";

function divide(dividend: number, divisor: number): number {
  const result = dividend / divisor;
  if (!Number.isFinite(result)) throw new RangeError("no finite number");
  return result;
}

/** The same with each division as a call that fails where CEL's own gives infinity or no number. */
function guarded(node: ASTNode): ASTNode {
  const inside = (part: unknown): unknown =>
    Array.isArray(part) ? part.map(inside) : isNode(part) ? guarded(part) : part;
  const args = inside(node.args);
  return (
    node.op === "/" ? { op: "call", args: [quotient, args] } : { op: node.op, args }
  ) as ASTNode;
}

const isNode = (part: unknown): part is ASTNode =>
  typeof part === "object" && part !== null && "op" in part;

/** A failure that the check could not foresee has no result either (RU1). */
function settle(run: Run, given: Record<string, number>): number | boolean | undefined {
  try {
    const result: unknown = run(given);
    if (typeof result === "boolean") return result;
    return typeof result === "number" && Number.isFinite(result) ? result : undefined;
  } catch {
    return undefined;
  }
}

type Run = (values: Record<string, number>) => unknown;

/** What CEL has and a rule has not, because it can fail or its cost is not bounded (RU1, RU2). */
function foreignPart(text: string): Compiled | undefined {
  const odd = text.search(/["'`[{]|\/\/|(?<![\w.])\d+[ux]/i);
  if (odd >= 0)
    return refuse("a rule has no texts, lists or comments, only numbers and names", odd);
  for (const { 0: call, index, groups } of text.matchAll(/(?<!\w)(?<word>[A-Za-z_]\w*)\s*\(/g)) {
    const word = groups?.["word"] ?? call;
    if (!functions.has(word)) {
      return refuse(`a rule has no ${word}(), only min, max and abs`, index);
    }
  }
  return undefined;
}

const functions = new Set(["min", "max", "abs"]);

const refuse = (message: string, from: number): Compiled => ({ ok: false, message, from });

/** How an id is written in a rule; one that begins with a digit gets _ in front. */
export const wordOf = (name: string): string => name.replaceAll("-", "_").replace(/^\d/, "_$&");

interface Doubles {
  readonly text: string;
  /** The place in the given text of a place in this one. */
  readonly placeOf: (place: number) => number;
}

/** Every whole number gets its point (RU3). */
function asDoubles(text: string): Doubles {
  const added: number[] = [];
  const changed = text.replace(/(?<![\w.])\d+(?![\w.])/g, (digits, at: number) => {
    added.push(at + digits.length + 2 * added.length);
    return `${digits}.0`;
  });
  const placeOf = (place: number): number => place - 2 * added.filter((at) => at < place).length;
  return { text: changed, placeOf };
}
