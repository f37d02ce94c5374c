import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import { importsOf } from "./imports.ts";
import { matches } from "./matches.ts";
import type { SourceFile } from "./repository.ts";

export interface Layer {
  /** Files it may import besides its own, as patterns; the last that fits counts, `!` forbids. */
  readonly reach: readonly string[];
  /** Files of it that may import `node:`. */
  readonly node: readonly string[];
  readonly never: string;
}

const vocabulary = ["src/base/**", "src/contract/**"];
const anything = { reach: ["**"], node: ["**"] };

/** Who may import whom: the table of CONTRIBUTING.md comes from here. */
export const layers: Readonly<Record<string, Layer>> = {
  "src/base": { reach: [], node: [], never: "any import" },
  "src/contract": { reach: ["src/base/**"], node: [], never: "clock, chance, `await`" },
  "src/core": { reach: vocabulary, node: [], never: "clock, chance, `await`, log" },
  "src/ports": { reach: vocabulary, node: [], never: "code: types and prose only" },
  "src/runtime": {
    reach: [...vocabulary, "src/core/**", "src/ports/**"],
    node: [],
    never: "drivers, timers, wall clock of its own",
  },
  "src/adapters": {
    reach: [...vocabulary, "src/ports/**", "src/core/protect/backoff.ts"],
    node: ["**"],
    never: "decisions; two drivers in one file",
  },
  "src/sim": {
    reach: [
      ...vocabulary,
      "src/ports/**",
      "firmware-sim/**",
      "!firmware-sim/main.ts",
      "!firmware-sim/modbus-server.ts",
    ],
    node: [],
    never: "adapters, real time",
  },
  "src/cli": {
    reach: vocabulary,
    node: ["**"],
    never: "core, runtime, adapters: powers come from the composition root",
  },
  agents: {
    reach: [...vocabulary, "src/core/**"],
    node: [],
    never: "clock, chance, `await`, ports",
  },
  broker: {
    reach: [...vocabulary, "src/core/**", "src/ports/**"],
    node: ["broker/aedes-broker.ts", "broker/packet-guard-stream.ts"],
    never: "runtime, agents",
  },
  "firmware-sim": {
    reach: vocabulary,
    node: ["firmware-sim/main.ts", "firmware-sim/modbus-server.ts"],
    never: "core, agents: a plant must not know its controller",
  },
  ".ci": { ...anything, never: "what runs in the field" },
  bench: { ...anything, never: "what runs in the field" },
  test: { ...anything, never: "module mocks, real sleeps in unit and property tests" },
};

/** Composition roots: they know everything and decide nothing. */
export const roots: readonly string[] = ["src/*.ts", "firmware-sim/main.ts"];

/** What is wrong with the imports of one file; `known` are the paths of all files. */
export function trespasses(file: SourceFile, known: ReadonlySet<string>): readonly Finding[] {
  const isRoot = matches(roots, file.path);
  const name = layerOf(file.path);
  const layer = name === undefined ? undefined : layers[name];
  if (layer === undefined && !isRoot) {
    return [{ path: file.path, line: 1, says: "stands in a folder without a row in layers.ts" }];
  }
  return importsOf(file.text).flatMap(({ specifier, line }): readonly Finding[] => {
    const says =
      specifier === undefined
        ? "loads something that is computed: write its name out"
        : isRoot || layer === undefined
          ? unresolved(file.path, specifier, known)
          : wrong(file.path, { name: name ?? "", layer }, specifier, known);
    return says === undefined ? [] : [{ path: file.path, line, says }];
  });
}

/** The row of a file: its first two folders under src, its first one elsewhere. */
export function layerOf(path: string): string | undefined {
  const [first, second, third] = path.split("/");
  const name = first === "src" && third !== undefined ? `src/${second}` : first;
  return name !== undefined && name !== path && Object.hasOwn(layers, name) ? name : undefined;
}

function wrong(
  path: string,
  { name, layer }: { readonly name: string; readonly layer: Layer },
  specifier: string,
  known: ReadonlySet<string>,
): string | undefined {
  if (specifier.startsWith("node:")) {
    return matches(layer.node, path) ? undefined : `${name} is free of Node, imports ${specifier}`;
  }
  const target = targetOf(path, specifier);
  if (target === undefined) return undefined;
  if (!known.has(target)) return `imports ${specifier}, which is not there`;
  if (layerOf(target) !== name) {
    if (!matches(layer.reach, target)) return `${name} may not import ${target}`;
    if (!specifier.startsWith("#") && target.includes("/"))
      return `leaves ${name} by ${specifier}: write #${target}`;
  }
  return undefined;
}

function unresolved(path: string, specifier: string, known: ReadonlySet<string>) {
  const target = targetOf(path, specifier);
  const absent = target !== undefined && !known.has(target);
  return absent ? `imports ${specifier}, which is not there` : undefined;
}

/** The file that a specifier means; undefined for packages. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier);
  return undefined;
}
