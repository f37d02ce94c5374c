import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { figure } from "../show/text.ts";
import { type Check, failed, passed, warned } from "./check.ts";

const mebibyte = 1_024 * 1_024;

/** Whether a folder can be written, and how much room there is; it is not made here. */
export function checkFolder(name: string, path: string): Check {
  const standing = nearest(path);
  try {
    if (!statSync(standing).isDirectory()) {
      return failed(name, `${standing} is no folder`, "move it away, or name another data folder");
    }
    accessSync(standing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(standing);
    const free = (bavail * bsize) / mebibyte;
    const evidence = `${path}${standing === path ? "" : " (not there yet)"}, ${figure(Math.floor(free))} MiB free`;
    if (free >= 256) return passed(name, evidence);
    const remedy = "free some space; without it the buffer cannot keep points";
    return free < 16 ? failed(name, evidence, remedy) : warned(name, evidence, remedy);
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return failed(name, `${standing}: ${code}`, "make it writable for this user, or name another");
  }
}

function nearest(path: string): string {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}
