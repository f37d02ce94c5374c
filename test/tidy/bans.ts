import { type Finding, lineAt } from "./finding.ts";
import { matches } from "./matches.ts";
import type { SourceFile } from "./repository.ts";
import { type Views, viewsOf } from "./views.ts";

export interface Ban {
  /** Files it holds for. */
  readonly files: readonly string[];
  /** `text` is all there is, and the only view of files that are not TypeScript. */
  readonly view: keyof Views | "text";
  readonly pattern: RegExp;
  readonly because: string;
}

const pure = [
  "src/base/**",
  "src/contract/**",
  "src/core/**",
  "src/ports/**",
  "src/sim/**",
  "agents/**/*.ts",
  "broker/*.ts",
  "!broker/aedes-broker.ts",
  "!broker/packet-guard-stream.ts",
  "firmware-sim/*.ts",
  "!firmware-sim/main.ts",
  "!firmware-sim/modbus-server.ts",
];
/** The runtime waits for its ports to close, but the world still comes in through them. */
const givenTime = [...pure, "src/runtime/**"];
const sources = ["**/*.ts"];
const quick = ["test/unit/**", "test/property/**"];
/** These files say the words they ban. */
const elsewhere = ["**", "!test/tidy/**", "!package-lock.json"];

export const bans: readonly Ban[] = [
  {
    files: pure,
    view: "code",
    pattern: /\b(?:async|await)\b/g,
    because: "a step is synchronous",
  },
  {
    files: givenTime,
    view: "code",
    pattern: /(?<![.\w])(?:new\s+Date|Date\s*[.(]|performance\s*\.)/g,
    because: "time is given: take an Instant or a Clock",
  },
  {
    files: givenTime,
    view: "code",
    pattern: /(?<![.\w])(?:set(?:Timeout|Interval|Immediate)|queueMicrotask)\s*\(/g,
    because: "who waits asks the Clock",
  },
  {
    files: givenTime,
    view: "code",
    pattern: /(?<![.\w])(?:Math\s*\.\s*random\b|crypto\s*\.)/g,
    because: "chance is given: take an Rng or a seed",
  },
  {
    files: givenTime,
    view: "code",
    pattern:
      /(?<![.\w])(?:(?:console|globalThis)\s*[.[]|process\s*\.\s*(?:env|exit\w*|argv|on\w*|std\w+|pid|hrtime|nextTick|uptime|memoryUsage)\b)/g,
    because: "the world comes in through a port",
  },
  {
    files: givenTime,
    view: "said",
    pattern: /["']node:/g,
    because: "this folder is free of Node",
  },
  {
    files: ["src/ports/**"],
    view: "code",
    pattern: /^(?:export\s+)?(?:const|let|var|function|class|default)\b/gm,
    because: "a port is a promise in prose and types, without code",
  },
  {
    files: ["test/**/*.ts"],
    view: "code",
    pattern: /\bvi\s*\.\s*(?:mock|doMock|hoisted|stubGlobal)\b/g,
    because: "pass the thing in instead of replacing its module",
  },
  {
    files: quick,
    view: "code",
    pattern: /(?<![.\w])set(?:Timeout|Interval|Immediate)\s*\(/g,
    because: "a quick test waits for nothing real: use a hand-driven clock",
  },
  {
    files: quick,
    view: "said",
    pattern: /["']node:timers/g,
    because: "a quick test waits for nothing real: use a hand-driven clock",
  },
  {
    files: ["test/**/*.ts"],
    view: "code",
    pattern: /\.\s*only\s*[(.`]/g,
    because: "the other tests would be silent",
  },
  {
    files: elsewhere,
    view: "text",
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g,
    because: "do it, or let the text say what is so",
  },
  {
    files: sources,
    view: "code",
    pattern: /\bas\s+any\b|<any>/g,
    because: "name the type",
  },
  {
    files: sources,
    view: "comments",
    pattern: /@ts-(?:ignore|nocheck)|@ts-expect-error\s*$/gm,
    because: "an error is mended, or expected with a reason",
  },
  {
    files: sources,
    view: "comments",
    pattern: /biome-ignore(?!(?:-\w+)? [\w/]+: \S+ \S+)/g,
    because: "an exception gives its reason",
  },
  {
    files: elsewhere,
    view: "text",
    // Ada and names of one letter are examples.
    pattern: /(?<![\w.$})/-])\/(?:work|root|home)\/(?!ada\b)\w\w+/g,
    because: "a path of one machine means nothing on another",
  },
  {
    files: elsewhere,
    view: "text",
    pattern: /\bregistry\.[a-z0-9-]+\.[a-z]+|\b(?:npmjs|npmmirror|yarnpkg|pypi)\.(?:org|com)\b/g,
    because: "where packages come from is the machine's business",
  },
];

export function breaches(file: SourceFile): readonly Finding[] {
  const held = bans.filter((ban) => matches(ban.files, file.path));
  if (held.length === 0) return [];
  const views = file.path.endsWith(".ts") ? viewsOf(file.text) : undefined;
  return held.flatMap(({ view, pattern, because }) => {
    const text = view === "text" || views === undefined ? file.text : views[view];
    return [...text.matchAll(pattern)].map((match) => ({
      path: file.path,
      line: lineAt(file.text, match.index),
      says: `has "${match[0].trim()}": ${because}`,
    }));
  });
}
