import { mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where things live on this machine, as its environment has it. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Folder of the databases of the process with this id, where its configuration names none. */
export function dataFolder(env: Env, id: string): string {
  const given = firstOf(env["STATE_DIRECTORY"]);
  if (given !== undefined) return given;
  const home = said(env["HOME"]) ?? homedir();
  return join(said(env["XDG_STATE_HOME"]) ?? join(home, ".local", "state"), "holdfast", id);
}

/**
 * Folder of the local sockets of this user. It is made when it is not there, for this user alone;
 * where that fails, whoever opens a socket in it meets the reason.
 */
export function runtimeFolder(env: Env): string {
  const folder = runtimeFolderName(env);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // The node must run without a socket too, and the socket's own failure names this folder.
  }
  return folder;
}

export const socketPath = (folder: string, role: string, id: string): string =>
  join(folder, `${role}-${id}.sock`);

function runtimeFolderName(env: Env): string {
  const given = said(env["HOLDFAST_RUNTIME"]) ?? firstOf(env["RUNTIME_DIRECTORY"]);
  if (given !== undefined) return given;
  const session = said(env["XDG_RUNTIME_DIR"]);
  if (session !== undefined) return join(session, "holdfast");
  return join(said(env["TMPDIR"]) ?? tmpdir(), `holdfast-${process.getuid?.() ?? 0}`);
}

/** An empty variable says nothing. */
const said = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** systemd names several folders with colons between them. */
const firstOf = (value: string | undefined): string | undefined => said(value?.split(":")[0]);
