import { limits } from "#src/contract/limits.ts";
import { bodyFault, connectType, disconnectType, headFault, publishType } from "./packet-rules.ts";

/**
 * Judges what a client sends, before the broker reads it.
 *
 * PG1  The verdict and the bytes that pass do not depend on how the stream was cut into chunks.
 * PG2  What passes are whole judged packets; only the payload of a PUBLISH passes as it comes.
 * PG3  No more is held back than one packet other than PUBLISH, or the head of a PUBLISH:
 *      at most `packetBytesBeforeConnect`.
 * PG4  The first packet is CONNECT, there is one, and nothing follows DISCONNECT.
 * PG5  After a refusal nothing passes.
 */
export interface Guard {
  readonly phase: "fresh" | "open" | "over" | "refused";
  /** Begun and not yet judged. */
  readonly held: Uint8Array;
  /** Bytes of a judged PUBLISH that are still to come. */
  readonly owed: number;
}

export interface Guarded {
  readonly guard: Guard;
  readonly pass: Uint8Array;
  /** Why the connection has to end, in words for a log. */
  readonly refused: string | undefined;
}

const nothing = new Uint8Array(0);

export const guardStart = (): Guard => ({ phase: "fresh", held: nothing, owed: 0 });

export function guardChunk(guard: Guard, chunk: Uint8Array): Guarded {
  if (guard.phase === "refused") return { guard, pass: nothing, refused: undefined };
  const bytes = joined(guard.held, chunk);
  let { phase } = guard;
  let at = Math.min(guard.owed, bytes.length);
  let owed = guard.owed - at;
  while (at < bytes.length) {
    const judged = judge(phase, bytes.subarray(at));
    if (judged === undefined) break;
    if ("refused" in judged) {
      const refused: Guard = { phase: "refused", held: nothing, owed: 0 };
      return { guard: refused, pass: bytes.subarray(0, at), refused: judged.refused };
    }
    ({ phase } = judged);
    const passed = Math.min(judged.length, bytes.length - at);
    owed = judged.length - passed;
    at += passed;
  }
  // A copy, so that a few bytes do not keep a whole chunk alive.
  const held = at === bytes.length ? nothing : bytes.slice(at);
  return { guard: { phase, held, owed }, pass: bytes.subarray(0, at), refused: undefined };
}

type Judged =
  | { readonly phase: "open" | "over"; readonly length: number }
  | { readonly refused: string };

/** The packet at the beginning of `bytes`; undefined when more of it has to be seen. */
function judge(phase: "fresh" | "open" | "over", bytes: Uint8Array): Judged | undefined {
  const [first = 0] = bytes;
  const type = first >> 4;
  const early = orderFault(phase, type) ?? headFault(type, first & 0x0f);
  if (early !== undefined) return { refused: early };
  const size = remainingLength(bytes);
  if (size === undefined) return undefined;
  if (size === "malformed") return { refused: "the length of a packet takes five bytes" };
  const most = type === publishType ? limits.packetBytes : limits.packetBytesBeforeConnect;
  const length = 1 + size.took + size.value;
  if (length > most) return { refused: `a packet of ${length} bytes is more than ${most}` };
  const rest = bytes.subarray(1 + size.took, length);
  const fault = bodyFault(type, first & 0x0f, rest, size.value);
  if (fault === "unfinished") return undefined;
  if (fault !== undefined) return { refused: fault };
  return { phase: type === disconnectType ? "over" : "open", length };
}

function orderFault(phase: "fresh" | "open" | "over", type: number): string | undefined {
  if (phase === "over") return "it goes on after DISCONNECT";
  if (phase === "fresh" && type !== connectType) return "the first packet is not CONNECT";
  if (phase === "open" && type === connectType) return "it sends CONNECT again";
  return undefined;
}

/** Seven bits a byte, least first; undefined when it is not all there. */
function remainingLength(
  bytes: Uint8Array,
): { readonly value: number; readonly took: number } | "malformed" | undefined {
  let value = 0;
  for (let took = 1; took <= 4; took += 1) {
    const byte = bytes[took];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** (took - 1);
    if (byte < 0x80) return { value, took };
  }
  return "malformed";
}

function joined(held: Uint8Array, chunk: Uint8Array): Uint8Array {
  if (held.length === 0) return chunk;
  const both = new Uint8Array(held.length + chunk.length);
  both.set(held);
  both.set(chunk, held.length);
  return both;
}
