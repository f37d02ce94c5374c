import { connect, type Socket } from "node:net";
import modbus from "modbus-serial";
import { invariant } from "#src/base/assert.ts";
import { after, type Millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { encode, isBit, type Register, type RegisterKind } from "#src/contract/registers.ts";
import type { Clock } from "#src/ports/clock.ts";

/**
 * One TCP connection to a device, with one request on its way at a time.
 *
 * MC1  Every request has one outcome, at the latest `timeout` after it began; none rejects.
 * MC2  A connection that ended stays ended, and says why.
 */
export interface ModbusConnection {
  /** Why it ended; undefined while it lasts. */
  readonly ended: string | undefined;
  /** Runs the task once when it ends. */
  whenEnded(task: () => void): void;
  /** At least `length` words; bits come in whole bytes. */
  read(kind: RegisterKind, address: number, length: number): Promise<Outcome<readonly number[]>>;
  write(register: Register, value: number): Promise<Outcome<unknown>>;
  destroy(): void;
}

export type Outcome<T> =
  | { readonly kind: "answer"; readonly value: T }
  /** A Modbus exception. */
  | { readonly kind: "refused"; readonly code: number; readonly why: string }
  /** Nothing came in time, from the device or through its gateway. */
  | { readonly kind: "silent"; readonly why: string }
  /** Closed, or answered with what was not asked. */
  | { readonly kind: "broken"; readonly why: string };

export interface ConnectionParts {
  readonly host: string;
  readonly port: number;
  readonly unit: number;
  readonly timeout: Millis;
  readonly clock: Clock;
}

export type Opened = { readonly connection: ModbusConnection } | { readonly why: string };

/** Tries once; `abort` ends the attempt. */
export function openModbus(parts: ConnectionParts, abort: AbortSignal): Promise<Opened> {
  const { host, port, timeout, clock } = parts;
  const within = Math.max(timeout, limits.modbusConnect) as Millis;
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, signal: abort });
    const timer = clock.at(after(clock.now(), within), () =>
      socket.destroy(new Error(`no connection within ${within} ms`)),
    );
    let why = "it closed the connection";
    // Stays for good: an "error" without a listener would end the process.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      why = sayError(error);
    });
    socket.once("close", () => {
      timer.cancel();
      resolve({ why });
    });
    socket.once("connect", () => {
      timer.cancel();
      resolve({ connection: overSocket(socket, parts, () => why) });
    });
  });
}

function overSocket(
  socket: Socket,
  { port, unit, timeout, clock }: ConnectionParts,
  whyEnded: () => string,
): ModbusConnection {
  const client = new modbus.default();
  // The driver takes a socket that is open already, and leaves connecting and timing to us. It does
  // not end its requests when the socket closes.
  client.linkTCP(socket, { port }, (error?: Error) =>
    invariant(error === undefined, "a socket that has connected is open"),
  );
  client.setID(unit);
  let ended: string | undefined;
  let abandon: (() => void) | undefined;
  const endings: (() => void)[] = [];
  const end = (why: string): void => {
    if (ended !== undefined) return;
    ended = why;
    abandon?.();
    for (const task of endings) task();
  };
  socket.once("close", () => end(whyEnded()));

  const ask = async <T>(request: () => Promise<T>): Promise<Outcome<T>> => {
    invariant(abandon === undefined, "one request is on its way at a time");
    if (ended !== undefined) return { kind: "broken", why: ended };
    const outcome = await new Promise<Outcome<T>>((resolve) => {
      const timer = clock.at(after(clock.now(), timeout), () =>
        settle({ kind: "silent", why: `no answer within ${timeout} ms` }),
      );
      const settle = (outcome: Outcome<T>): void => {
        timer.cancel();
        resolve(outcome);
      };
      abandon = () => settle({ kind: "broken", why: ended ?? "it closed the connection" });
      request().then(
        (value) => settle({ kind: "answer", value }),
        (error: unknown) => settle(outcomeOf(error)),
      );
    });
    abandon = undefined;
    return outcome;
  };

  return {
    get ended() {
      return ended;
    },
    whenEnded: (task) => void endings.push(task),
    read: (kind, address, length) =>
      ask(async () => {
        const { data } = await client[readers[kind]](address, length);
        return data.map(Number);
      }),
    write: (register, value) => ask(() => writeWords(client, register, value)),
    destroy() {
      end("it was given up");
      socket.destroy();
    },
  };
}

const readers = {
  coil: "readCoils",
  discrete: "readDiscreteInputs",
  holding: "readHoldingRegisters",
  input: "readInputRegisters",
} as const satisfies Record<RegisterKind, string>;

type Client = InstanceType<typeof modbus.default>;

/** Both words of a 32-bit value in one request, so that nobody ever sees half of it. */
function writeWords(client: Client, register: Register, value: number): Promise<unknown> {
  const words = encode(register, value);
  const [word] = words as [number];
  if (isBit(register.kind)) return client.writeCoil(register.address, word !== 0);
  if (words.length === 1) return client.writeRegister(register.address, word);
  return client.writeRegisters(register.address, words);
}

function outcomeOf(error: unknown): Outcome<never> {
  const { modbusCode, message } = error as Error & { readonly modbusCode?: number };
  if (modbusCode === undefined) return { kind: "broken", why: `its answer was wrong: ${message}` };
  const said = exceptions[modbusCode] ?? "an exception unknown to the protocol";
  const why = `${said} (exception ${modbusCode})`;
  return fromGateway.has(modbusCode)
    ? { kind: "silent", why }
    : { kind: "refused", code: modbusCode, why };
}

const fromGateway: ReadonlySet<number> = new Set([10, 11]);

const exceptions: Readonly<Record<number, string>> = {
  1: "it does not know this function",
  2: "it has no such address",
  3: "it does not take this value or length",
  4: "it failed to carry it out",
  5: "it is still at work on it",
  6: "it is busy",
  8: "its memory has a parity error",
  10: "the gateway has no path to it",
  11: "it does not answer the gateway",
};

const sayError = ({ code, message }: NodeJS.ErrnoException): string =>
  (code !== undefined && socketErrors[code]) || message;

const socketErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it broke the connection off",
  EHOSTUNREACH: "there is no way to this host",
  ENETUNREACH: "there is no way to this network",
  ENOTFOUND: "no host has this name",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "the connection timed out",
};
