import type { Socket } from "node:net";

export interface LineEvents {
  line(text: string): void;
  /** A line grew beyond `most` bytes; nothing more is read. */
  oversize(): void;
}

/** Hands over the lines of a connection as they become whole, each of at most `most` bytes. */
export function readLines(socket: Socket, most: number, events: LineEvents): void {
  let parts: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer): void => {
    for (let from = 0; !socket.destroyed; ) {
      const end = chunk.indexOf(newline, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      size += part.length;
      if (size > most) {
        socket.off("data", take);
        parts = [];
        events.oversize();
        return;
      }
      parts.push(part);
      if (end < 0) return;
      const text = Buffer.concat(parts).toString("utf8");
      parts = [];
      size = 0;
      from = end + 1;
      events.line(text);
    }
  };
  socket.on("data", take);
}

const newline = 0x0a;

export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;
