import { lstatSync, statSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { FaultError, fault } from "#src/base/fault.ts";

/** The kernel's 108 bytes of a socket's name, less the byte that ends it. */
const longest = 107;

/** Why no socket can have this path; undefined when one can. */
export function tooLong(path: string): string | undefined {
  const bytes = Buffer.byteLength(path);
  return bytes > longest
    ? `the path has ${bytes} bytes, at most ${longest} are possible`
    : undefined;
}

/**
 * Refuses a place where a socket cannot be, or where somebody else could put one in its place.
 * Throws a FaultError (SOCKET_UNUSABLE).
 */
export function checkPlace(path: string): void {
  const why = tooLong(path) ?? folderProblem(dirname(path));
  if (why !== undefined) throw unusable(path, why);
}

function folderProblem(folder: string): string | undefined {
  try {
    const { uid, mode } = statSync(folder);
    const own = process.getuid?.() ?? uid;
    if (uid !== own && uid !== 0 && own !== 0) return "its folder belongs to another user";
    const isOpen = (mode & 0o002) !== 0 && (mode & sticky) === 0;
    return isOpen ? "everybody may change its folder" : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const sticky = 0o1000;

/**
 * Takes away the socket file of a process that is dead. Rejects with a FaultError (SOCKET_UNUSABLE)
 * when somebody answers there, or when it is no socket.
 */
export async function clearDead(path: string): Promise<void> {
  if (!lstatSync(path).isSocket()) throw unusable(path, "a file that is no socket is in its place");
  const code = await knock(path);
  if (code === "answered") throw unusable(path, "another instance answers there");
  if (code !== "ECONNREFUSED") throw unusable(path, `what is there gives ${code}`);
  unlinkSync(path);
}

/** "answered" when somebody accepts a connection there, else the code of the error. */
export function knock(path: string): Promise<string> {
  if (tooLong(path) !== undefined) return Promise.resolve("ENAMETOOLONG");
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (code: string): void => {
      resolve(code);
      socket.destroy();
    };
    socket.setTimeout(knockWithin, () => settle("ETIMEDOUT"));
    socket.once("connect", () => settle("answered"));
    socket.on("error", ({ code }: NodeJS.ErrnoException) => settle(code ?? "an unknown error"));
  });
}

const knockWithin = 1_000;

export const unusable = (path: string, why: string): FaultError =>
  new FaultError(fault("SOCKET_UNUSABLE", { path, why }));
