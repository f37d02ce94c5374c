import { setPriority } from "node:os";

/**
 * Asks for more of the processor for this thread alone, where the system keeps a niceness for each
 * thread: Linux does, for programs that may raise it. Tells whether it was given.
 */
export function preferThread(platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== "linux") return false;
  try {
    setPriority(niceness);
    return true;
  } catch {
    return false;
  }
}

const niceness = -10;
