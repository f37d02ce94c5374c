import { createHash, randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { isSea } from "node:sea";
import { FaultError, fault } from "#src/base/fault.ts";

/**
 * The database driver's native half. The single binary carries it inside, but the system only loads
 * what lies in a file.
 *
 * NB1  The file is loaded only when its bytes are ours and nobody else may write in its folder.
 * NB2  Its name comes from its contents: versions do not meet, and a file half written has no name.
 * NB3  A folder that does not do is passed over; when none does, the fault says why for each.
 * NB4  A folder holds at most four versions, and no leftover of a power cut for long.
 * NB5  What the system refuses to load, an older one for example, is a fault with its words.
 */
export type Env = Readonly<Record<string, string | undefined>>;

/** The name under which the binary carries it, beside its code. */
export const nativeAsset = "better_sqlite3.node";

/**
 * Where the driver's native half lies for this process; unpacks it when need be (a few
 * milliseconds). Undefined when running from sources: the package finds its own.
 *
 * Throws a FaultError STORE_FAILED when it can be unpacked nowhere, or not be loaded.
 */
export function nativeBindingPath(env: Env): string | undefined {
  if (!isSea()) return undefined;
  const asset = readFileSync(join(import.meta.dirname, nativeAsset));
  return loadable(unpack(asset, bindingFolders(env)));
}

/** Best first. A service has its own folder; /tmp comes last, since it is often mounted noexec. */
export function bindingFolders(env: Env): readonly string[] {
  const state = env["STATE_DIRECTORY"]?.split(":")[0];
  const cache = env["XDG_CACHE_HOME"] || homeCache(env);
  return [
    ...(state ? [join(state, "native")] : []),
    ...(cache === undefined ? [] : [join(cache, "holdfast")]),
    join(env["TMPDIR"] || tmpdir(), `holdfast-native-${uid()}`),
  ];
}

/** A path in the first of the folders that does, ending in .node. */
export function unpack(asset: Uint8Array, folders: readonly string[]): string {
  const refusals: string[] = [];
  for (const folder of folders) {
    const placed = place(asset, folder);
    if (placed.ok) return placed.path;
    refusals.push(`${folder}: ${placed.why}`);
  }
  const ask = "set XDG_CACHE_HOME to a folder that this user can write and run programs from";
  throw unusable(`it can be unpacked nowhere (${refusals.join("; ")}); ${ask}`);
}

/** The same path, once the system has loaded it (NB5). A second load finds it in memory. */
export function loadable(path: string): string {
  try {
    process.dlopen({ exports: {} }, path);
    return path;
  } catch (error) {
    throw unusable(`this system does not load it: ${(error as Error).message}`);
  }
}

const unusable = (why: string): FaultError =>
  new FaultError(fault("STORE_FAILED", { path: "the database driver", why }));

type Placed =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly why: string };

function place(asset: Uint8Array, folder: string): Placed {
  const path = join(folder, `${prefix}${digestOf(asset)}.node`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const why = distrust(folder);
    if (why !== undefined) return { ok: false, why };
    if (!holds(path, asset)) {
      write(path, asset);
      prune(folder, path);
    }
    // On a noexec mount this is refused, whatever the mode: asking is cheaper than a failed load.
    accessSync(path, constants.X_OK);
    return { ok: true, path };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const isNoexec = code === "EACCES" && existsSync(path);
    return { ok: false, why: isNoexec ? "nothing may be run from there (noexec)" : message };
  }
}

/** Why another user could put a file of his own in there; undefined when nobody could (NB1). */
function distrust(folder: string): string | undefined {
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) return "it is no folder";
  if (stat.uid !== uid()) return `it belongs to user ${stat.uid}`;
  return (stat.mode & 0o022) === 0 ? undefined : "others may write to it";
}

function holds(path: string, asset: Uint8Array): boolean {
  return existsSync(path) && lstatSync(path).isFile() && readFileSync(path).equals(asset);
}

function write(path: string, asset: Uint8Array): void {
  const partial = `${path}.${randomUUID()}${partialEnding}`;
  try {
    writeFileSync(partial, asset, { mode: 0o500, flag: "wx" });
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

const mostVersions = 4;
const leftoverAfter = 60_000;

/** Best effort: what another process removes meanwhile is gone too (NB4). */
function prune(folder: string, current: string): void {
  const now = lstatSync(current).mtimeMs;
  const ours = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(folder, name))
    .map((path) => ({ path, mtime: lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now }))
    .sort((a, b) => b.mtime - a.mtime);
  const older = ours.filter(({ path }) => path.endsWith(".node") && path !== current);
  const leftovers = ours.filter(
    ({ path, mtime }) => path.endsWith(partialEnding) && now - mtime > leftoverAfter,
  );
  for (const { path } of [...older.slice(mostVersions - 1), ...leftovers]) {
    rmSync(path, { force: true });
  }
}

const prefix = "better_sqlite3-";
const partialEnding = ".partial";

const digestOf = (asset: Uint8Array): string =>
  createHash("sha256").update(asset).digest("hex").slice(0, 32);

const uid = (): number => process.getuid?.() ?? 0;

/** A user without an entry in the user table has no home, and asking for it throws. */
function homeCache(env: Env): string | undefined {
  if (env["HOME"]) return join(env["HOME"], ".cache");
  try {
    return join(homedir(), ".cache");
  } catch {
    return undefined;
  }
}
