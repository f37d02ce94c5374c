import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import type { RegisterKind } from "#src/contract/registers.ts";

/**
 * A Modbus TCP device made of bytes, that a test can let down in every way: it shares no code with
 * the driver under test.
 */
export interface PlcRequest {
  /** As in "read input 0 2" or "write coil 5 1". */
  readonly text: string;
  readonly action: "read" | "write";
  readonly kind: RegisterKind;
  readonly address: number;
}

export type PlcAnswer =
  | "usual"
  | "silent"
  | "close"
  | { readonly exception: number }
  | { readonly raw: (usual: Buffer) => Buffer }
  | { readonly after: number };

export class ScriptedPlc {
  /** The words by kind and address; what is not in it does not exist. */
  readonly words = new Map<string, number>();
  readonly log: string[] = [];
  /** How a request is answered. */
  behave: (request: PlcRequest) => PlcAnswer = () => "usual";
  connections = 0;
  #server: Server | undefined;
  #sockets = new Set<Socket>();
  #port = 0;

  get port(): number {
    return this.#port;
  }

  get open(): number {
    return this.#sockets.size;
  }

  set(kind: RegisterKind, address: number, ...words: readonly number[]): void {
    for (const [index, word] of words.entries()) this.words.set(`${kind} ${address + index}`, word);
  }

  get(kind: RegisterKind, address: number): number | undefined {
    return this.words.get(`${kind} ${address}`);
  }

  /** Listens; after a stop on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    this.hangUp();
    await closed;
  }

  /** Ends every connection and goes on listening. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.once("close", () => this.#sockets.delete(socket));
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 8 && pending.length >= 6 + pending.readUInt16BE(4)) {
        const frame = pending.subarray(0, 6 + pending.readUInt16BE(4));
        pending = pending.subarray(frame.length);
        this.#respond(socket, frame);
      }
    });
  }

  #respond(socket: Socket, frame: Buffer): void {
    const request = requestIn(frame);
    this.log.push(request.text);
    const answer = this.behave(request);
    if (answer === "silent") return;
    if (answer === "close") {
      socket.destroy();
      return;
    }
    if (typeof answer === "object" && "exception" in answer) {
      socket.write(exception(frame, answer.exception));
      return;
    }
    const usual = this.#usual(frame, request);
    if (typeof answer === "object" && "raw" in answer) socket.write(answer.raw(usual));
    else if (typeof answer === "object") setTimeout(() => socket.write(usual), answer.after);
    else socket.write(usual);
  }

  #usual(frame: Buffer, { action, kind, address }: PlcRequest): Buffer {
    if (action === "read") {
      const count = frame.readUInt16BE(10);
      const words = Array.from({ length: count }, (_, index) => this.get(kind, address + index));
      if (words.includes(undefined)) return exception(frame, 2);
      return answerOf(frame, withLength(kind, words as number[]));
    }
    const words = writtenIn(frame);
    const exists = words.every((_, index) => this.words.has(`${kind} ${address + index}`));
    if (!exists) return exception(frame, 2);
    this.set(kind, address, ...words);
    return answerOf(frame, frame.subarray(8, 12));
  }
}

const readKinds: Readonly<Record<number, RegisterKind>> = {
  1: "coil",
  2: "discrete",
  3: "holding",
  4: "input",
};

function requestIn(frame: Buffer): PlcRequest {
  const code = frame.readUInt8(7);
  const address = frame.readUInt16BE(8);
  const kind = readKinds[code];
  if (kind !== undefined) {
    const text = `read ${kind} ${address} ${frame.readUInt16BE(10)}`;
    return { text, action: "read", kind, address };
  }
  const written = code === 5 || code === 15 ? "coil" : "holding";
  const text = `write ${written} ${address} ${writtenIn(frame).join(" ")}`;
  return { text, action: "write", kind: written, address };
}

function writtenIn(frame: Buffer): number[] {
  const code = frame.readUInt8(7);
  if (code === 5) return [frame.readUInt16BE(10) === 0xff00 ? 1 : 0];
  if (code === 6) return [frame.readUInt16BE(10)];
  const count = frame.readUInt16BE(10);
  return Array.from({ length: count }, (_, index) => frame.readUInt16BE(13 + 2 * index));
}

function withLength(kind: RegisterKind, words: readonly number[]): Buffer {
  if (kind === "input" || kind === "holding") {
    const bytes = Buffer.alloc(1 + 2 * words.length);
    bytes.writeUInt8(2 * words.length, 0);
    for (const [index, word] of words.entries()) bytes.writeUInt16BE(word, 1 + 2 * index);
    return bytes;
  }
  const bytes = Buffer.alloc(1 + Math.ceil(words.length / 8));
  bytes.writeUInt8(bytes.length - 1, 0);
  for (const [index, bit] of words.entries()) {
    const place = 1 + (index >> 3);
    bytes.writeUInt8(bytes.readUInt8(place) | (bit << (index & 7)), place);
  }
  return bytes;
}

function answerOf(frame: Buffer, payload: Buffer): Buffer {
  const head = Buffer.from(frame.subarray(0, 8));
  head.writeUInt16BE(2 + payload.length, 4);
  return Buffer.concat([head, payload]);
}

function exception(frame: Buffer, code: number): Buffer {
  const answer = answerOf(frame, Buffer.from([code]));
  answer.writeUInt8(frame.readUInt8(7) | 0x80, 7);
  return answer;
}
