import type { Finding } from "./finding.ts";
import { importsOf } from "./imports.ts";
import { matches } from "./matches.ts";
import type { SourceFile } from "./repository.ts";

interface Fence {
  /** The only files that may load it. */
  readonly files: readonly string[];
  /** Files that may name its types. */
  readonly types?: readonly string[];
}

/** One driver, one door: what a package does to us is then read in one file. */
export const drivers: Readonly<Record<string, Fence>> = {
  "@marcbachmann/cel-js": { files: ["src/contract/rule.ts"] },
  aedes: {
    files: ["broker/aedes-broker.ts", "bench/reflex-aedes.ts", "test/contract/plain-broker.ts"],
  },
  "better-sqlite3": { files: ["src/adapters/sqlite-*.ts", "test/contract/**", "test/e2e/**"] },
  commander: { files: ["src/cli/**", "test/unit/cli/**"] },
  "modbus-serial": {
    files: [
      "src/adapters/modbus-connection.ts",
      "firmware-sim/modbus-server.ts",
      "test/contract/**",
      "test/e2e/**",
    ],
  },
  mqtt: {
    files: ["src/adapters/mqtt-session.ts", "bench/reflex*.ts", "test/contract/**", "test/e2e/**"],
  },
  pino: { files: ["src/adapters/pino-log.ts"] },
  yaml: {
    files: ["src/adapters/config-file.ts", "src/adapters/yaml-*.ts", "src/cli/**", "test/**"],
  },
  zod: { files: ["src/contract/**", "test/**"], types: ["**"] },
  esbuild: { files: [".ci/**"] },
  "fast-check": { files: ["test/**"] },
  vitest: { files: ["test/**"] },
};

/** Imports of packages outside their fence, and of packages that have none. */
export function trespasses(file: SourceFile): readonly Finding[] {
  return importsOf(file.text).flatMap(({ specifier, line, typeOnly }): readonly Finding[] => {
    if (specifier === undefined || /^(?:[.#]|node:)/.test(specifier)) return [];
    const name = packageOf(specifier);
    const fence = drivers[name];
    if (fence === undefined) {
      return [{ path: file.path, line, says: `${name} has no row in drivers.ts` }];
    }
    if (matches(fence.files, file.path)) return [];
    if (typeOnly && matches(fence.types ?? [], file.path)) return [];
    return [{ path: file.path, line, says: `${name} may be imported by ${fence.files[0]} only` }];
  });
}

function packageOf(specifier: string): string {
  const [first = "", second = ""] = specifier.split("/");
  return specifier.startsWith("@") ? `${first}/${second}` : first;
}
