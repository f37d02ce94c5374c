import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A client that is nothing but a socket: it says what bytes a test wants, and keeps what it hears. */
export class RawClient {
  readonly socket: Socket;
  #heard = Buffer.alloc(0);
  #isClosed = false;

  constructor(port: number) {
    this.socket = connectTcp({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#isClosed = true;
    });
    this.socket.on("data", (chunk) => {
      this.#heard = Buffer.concat([this.#heard, chunk]).subarray(-65_536);
    });
  }

  get heard(): Buffer {
    return this.#heard;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  say(...packets: readonly Uint8Array[]): void {
    for (const packet of packets) this.socket.write(packet);
  }

  /** Whether it was closed from the other side within this many milliseconds. */
  async closes(within = 2_000): Promise<boolean> {
    await until(() => this.#isClosed, within).catch(() => {});
    return this.#isClosed;
  }

  /** The first bytes that come; fails when none do. */
  async hears(bytes = 1): Promise<Buffer> {
    await until(() => this.#heard.length >= bytes);
    return this.#heard;
  }

  end(): void {
    this.socket.destroy();
  }
}

export async function until(holds: () => boolean, within = 5_000): Promise<void> {
  const end = performance.now() + within;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it does not come to hold: ${holds}`);
    await pause(2);
  }
}
