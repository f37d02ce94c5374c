import { writeFileSync } from "node:fs";
import { type Fault, fault } from "#src/base/fault.ts";

/** Writes a file where the line said to, in place of what is there; why not, when it cannot. */
export function write(path: string, text: string): Fault | undefined {
  try {
    writeFileSync(path, text);
    return undefined;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return fault("FILE_UNWRITABLE", { path, why: code });
  }
}
