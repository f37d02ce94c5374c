import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { guardChunk, guardStart } from "./packet-guard.ts";

/**
 * The socket as the broker sees it: what the guard refuses ends the connection before the broker
 * reads it. Back-pressure goes through in both directions.
 */
export function guardedStream(socket: Socket, refused: (why: string) => void): Duplex {
  let guard = guardStart();
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void socket.resume(),
    write: (chunk: Uint8Array, _encoding, done) => void socket.write(chunk, done),
    // The broker writes a packet in many small pieces: one system call is enough for them.
    writev: (pieces, done) =>
      void socket.write(Buffer.concat(pieces.map(({ chunk }) => chunk as Uint8Array)), done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => {
    const judged = guardChunk(guard, chunk);
    guard = judged.guard;
    if (judged.pass.length > 0 && !stream.push(judged.pass)) socket.pause();
    if (judged.refused === undefined) return;
    refused(judged.refused);
    stream.destroy();
  });
  socket.on("end", () => void stream.push(null));
  socket.on("error", (error) => void stream.destroy(error));
  socket.on("close", () => void stream.destroy());
  return stream;
}
