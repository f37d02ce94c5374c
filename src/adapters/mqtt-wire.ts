import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { limits } from "#src/contract/limits.ts";
import type { Packet } from "#src/contract/wire.ts";

/**
 * The socket as the MQTT driver sees it, with a lane beside the driver for what is most frequent and
 * needs no answer: publications at QoS 0, in both directions. Whatever a reaction takes here, an
 * actuator feels.
 *
 * MW1  Every packet is seen once and whole, by the lane or by the driver; those of one QoS in order.
 * MW2  A packet of more than `limits.packetBytes` ends the connection before it is collected.
 * MW3  What the lane sends lies between two packets of the driver, never inside one.
 */
export class MqttWire extends Duplex {
  readonly #socket: Socket;
  readonly #hear: (packet: Omit<Packet, "qos">) => void;
  #rest: Buffer | undefined;

  constructor(socket: Socket, hear: (packet: Omit<Packet, "qos">) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#hear = hear;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
    // It stays for good: an "error" without a listener would end the process.
    this.on("error", () => {});
  }

  /** A whole packet; `done` once the socket has taken it, or never will. */
  send(packet: Buffer, done: () => void): void {
    this.#socket.write(packet, done);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  /** The driver writes a packet in pieces, all of them before it lets go of the cork (MW3). */
  override _writev(
    pieces: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(Buffer.concat(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    const all = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (!this.destroyed) {
      const frame = frameAt(all, at);
      if (frame === undefined) break;
      if (frame.length > limits.packetBytes) {
        this.destroy(new Error(`it sent a packet of more than ${limits.packetBytes} bytes`));
        return;
      }
      const end = at + frame.length;
      if (end > all.length) break;
      this.#give(all, at, frame.head, end);
      at = end;
    }
    this.#rest = at < all.length ? all.subarray(at) : undefined;
  }

  #give(all: Buffer, at: number, head: number, end: number): void {
    const first = all[at] as number;
    const named = at + head + 2;
    if (isPlainPublication(first) && named <= end) {
      const topicEnd = named + all.readUInt16BE(named - 2);
      if (topicEnd <= end) {
        const topic = all.toString("utf8", named, topicEnd);
        const retain = (first & 0x01) === 1;
        this.#hear({ topic, payload: all.subarray(topicEnd, end), retain });
        return;
      }
    }
    // The driver knows what to make of it, also where it is no MQTT.
    if (!this.push(all.subarray(at, end))) this.#socket.pause();
  }
}

/** PUBLISH at QoS 0: MQTT 3.1.1, section 3.3.1. */
const isPlainPublication = (first: number): boolean => (first & 0xf6) === 0x30;

/** How long the packet that begins here is, and its fixed header; undefined while that is not there. */
function frameAt(
  all: Buffer,
  from: number,
): { readonly head: number; readonly length: number } | undefined {
  let rest = 0;
  let weight = 1;
  for (let head = 2; head <= 5; head += 1) {
    const byte = all[from + head - 1];
    if (byte === undefined) return undefined;
    rest += (byte & 0x7f) * weight;
    weight *= 128;
    if (byte < 128) return { head, length: head + rest };
  }
  return { head: 5, length: Number.POSITIVE_INFINITY };
}
