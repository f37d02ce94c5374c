import { closeSync, openSync, readSync } from "node:fs";

/** Text of a file with the offset where it is not UTF-8, or why there is none. */
export type TextRead =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly message: string;
      readonly remedy: string;
      /** What could be read, where the fault is in the text: it lies right behind. */
      readonly before?: string;
    };

/** Reads at most `limit` bytes, also from a pipe; a file that has more is refused, not cut. */
export function readText(path: string, limit: number): TextRead {
  let bytes: Buffer;
  try {
    bytes = readBytes(path, limit);
  } catch (error) {
    return { ok: false, ...sayOpenFault(error as NodeJS.ErrnoException) };
  }
  if (bytes.length > limit) {
    const message = `is larger than ${limit / 1024} KiB`;
    return { ok: false, message, remedy: "name the site file, not its data" };
  }
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, ...notUtf8, before: soundPart(bytes) };
  }
}

function readBytes(path: string, limit: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(limit + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

const notUtf8 = { message: "is not UTF-8 text", remedy: "save it in the encoding UTF-8" };

/** The longest sound beginning: no character of UTF-8 has a line feed in it. */
function soundPart(bytes: Buffer): string {
  const decoded = bytes.toString("utf8");
  let at = 0;
  for (const character of decoded) {
    const size = Buffer.byteLength(character);
    if (character === "\ufffd" && !bytes.subarray(at, at + size).equals(replacement)) break;
    at += size;
  }
  return bytes.subarray(0, at).toString("utf8");
}

const replacement = Buffer.from("\ufffd");

function sayOpenFault(error: NodeJS.ErrnoException): { message: string; remedy: string } {
  switch (error.code) {
    case "ENOENT":
      return { message: "there is no such file", remedy: "write one with holdfast init" };
    case "EACCES":
    case "EPERM":
      return {
        message: "this user may not read it",
        remedy: "check its owner and mode with ls -l",
      };
    case "EISDIR":
      return { message: "is a folder", remedy: "name the file in it" };
    default:
      return {
        message: `cannot be read: ${error.message}`,
        remedy: "look at the disk and the path",
      };
  }
}
