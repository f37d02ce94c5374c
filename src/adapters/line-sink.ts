import { writeSync } from "node:fs";

/**
 * Whole lines to an open file, at once.
 *
 * LN1  It neither waits nor throws: a line that the reader has no room for, or the disk, is dropped
 *      and counted, and the count is the first thing written when there is room again.
 * LN2  A line that went out in part is completed before the next begins.
 */
export interface LineSink {
  write(line: string): void;
}

type Write = (fd: number, bytes: Uint8Array) => number;

export function lineSink(
  fd: number,
  sayDropped: (count: number) => string,
  write: Write = writeSync,
): LineSink {
  let rest: Uint8Array = new Uint8Array();
  let dropped = 0;
  const flush = (): boolean => {
    try {
      while (rest.length > 0) rest = rest.subarray(write(fd, rest));
      return true;
    } catch {
      // Full, or gone: there is no better place to say so than the one that just failed.
      return false;
    }
  };
  return {
    write(line) {
      if (!flush()) {
        dropped += 1;
        return;
      }
      rest = Buffer.from(dropped > 0 ? sayDropped(dropped) + line : line);
      dropped = 0;
      flush();
    },
  };
}
