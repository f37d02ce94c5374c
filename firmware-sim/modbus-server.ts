import type { AddressInfo, Server, Socket } from "node:net";
import { ServerTCP } from "modbus-serial";
import { invariant } from "#src/base/assert.ts";
import { FaultError, fault as faultOf } from "#src/base/fault.ts";
import { type Millis, millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { modbusSaid } from "#src/contract/places.ts";
import type { RegisterKind } from "#src/contract/registers.ts";
import { answerDelay, broken, mended, startDevice, stepDevice } from "./device.ts";
import type { DeviceFault } from "./device-fault.ts";
import { placeFault } from "./place-fault.ts";
import type { Values } from "./plant.ts";
import { type DeviceMemory, readWord, registerMap, writeWords } from "./register-map.ts";

/**
 * One simulated device on real Modbus TCP.
 *
 * MS1  Nothing a client sends, and no way in which it leaves, ends the process or the device.
 * MS2  Each request has one answer; it has none under `dropout`, or when too many wait already.
 * MS3  The plant keeps real time: a late step is as long as the time that really passed.
 */
export interface ServedDevice {
  readonly port: number;
  /** Breaks something; a text says why it could not. Signals go by the names of the site file. */
  inject(fault: DeviceFault): string | undefined;
  /** Mends everything. */
  clear(): void;
  snapshot(): DeviceSnapshot;
  /** Ends every connection and waits until the port is free. */
  close(): Promise<void>;
}

export interface DeviceSnapshot {
  /** The plant's truth by sensor name. */
  readonly truth: Values;
  readonly shown: Values;
  readonly commands: Values;
  readonly positions: Values;
  readonly faults: readonly DeviceFault[];
  /** The watchdog has put the commands to 0. */
  readonly tripped: boolean;
  readonly connections: number;
  /** Connections that ended in an error since the start. */
  readonly broken: number;
}

export interface ServeOptions {
  /** Its simulation has passed `checkSimulation`. */
  readonly config: NodeConfig;
  readonly device: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told once each time the watchdog takes over. */
  readonly onWatchdog?: () => void;
}

/** Rejects with PORT_IN_USE or PORT_REFUSED when it cannot listen. */
export async function serveDevice(options: ServeOptions): Promise<ServedDevice> {
  const { config, device, host, port } = options;
  const simulated = config.simulation?.[device];
  invariant(simulated !== undefined, "only a device with a plant is simulated");
  const map = registerMap(config, device);
  let memory: DeviceMemory = {
    state: startDevice(map.plant, simulated.seed),
    written: new Map(),
  };
  const answers = answering(() => answerDelay(memory.state));
  const read: Read = (kind, address, done) => {
    const word = readWord(map, memory, kind, address);
    answers.give(() => (word === undefined ? done(illegalAddress, 0) : done(null, word)));
  };
  const write: Write = (kind, address, words, done) => {
    // A device that is as good as gone does not obey either, and its watchdog is not fed.
    if (answerDelay(memory.state) === undefined) return;
    const next = writeWords(map, memory, kind, address, words);
    if (next !== undefined) memory = next;
    answers.give(() => done(next === undefined ? illegalAddress : null));
  };

  const server = await listen(vectorOf(read, write), { host, port, unit: unitOf(config, device) });
  const watchdog = simulated.watchdog;
  const stop = everyStep((passed) => {
    const before = memory.state.tripped;
    const passing = { real: passed, plant: millis(passed * simulated.speed) };
    const state = stepDevice(map.plant, memory.state, passing, watchdog);
    const tripped = state.tripped && !before;
    memory = { state, written: tripped ? new Map() : memory.written };
    if (tripped) options.onWatchdog?.();
  });

  return {
    port: server.port,
    inject(said) {
      const placed = placeFault(config, device, said);
      if ("refused" in placed) return placed.refused;
      memory = { ...memory, state: broken(memory.state, placed.fault) };
      return undefined;
    },
    clear() {
      memory = { ...memory, state: mended(memory.state) };
    },
    snapshot: () => ({
      truth: map.plant.sense(memory.state.plant),
      shown: memory.state.shown,
      commands: memory.state.commands,
      positions: memory.state.positions,
      faults: memory.state.faults.map((active) => active.fault),
      tripped: memory.state.tripped,
      ...server.counts(),
    }),
    close() {
      stop();
      answers.drop();
      return server.close();
    },
  };
}

const stepEvery = millis(50);
/** Clients at once, as a small controller has them; one that says nothing for long makes room. */
const mostConnections = 32;
const idleAfter = millis(15 * 60_000);
/** Bytes of answers a client may leave unread before it is dropped. */
const mostUnread = 64 * 1_024;
/** Register answers of a slow device on their way. */
const mostWaiting = 20_000;

/** Gives answers now, later, or never, as the device's faults have it (MS2). */
function answering(delayNow: () => Millis | undefined) {
  const waiting = new Set<NodeJS.Timeout>();
  return {
    give(say: () => void): void {
      const delay = delayNow();
      if (delay === undefined || waiting.size >= mostWaiting) return;
      if (delay === 0) {
        say();
        return;
      }
      const timer = setTimeout(() => {
        waiting.delete(timer);
        say();
      }, delay);
      waiting.add(timer);
    },
    drop(): void {
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}

type Done<T> = (error: Error | null, value: T) => void;
type Ended = (error: Error | null) => void;

const illegalAddress = Object.assign(new Error("illegal data address"), { modbusErrorCode: 2 });

type Read = (kind: RegisterKind, address: number, done: Done<number>) => void;
type Write = (kind: "coil" | "holding", address: number, words: number[], done: Ended) => void;

/** The driver tells functions with callbacks from others by their number of parameters. */
function vectorOf(read: Read, write: Write) {
  const setCoil = inOneGo((address, coils: number[], done) => write("coil", address, coils, done));
  return {
    getCoil: (address: number, _unit: number, done: Done<boolean>) =>
      read("coil", address, (error, word) => done(error, word !== 0)),
    getDiscreteInput: (address: number, _unit: number, done: Done<boolean>) =>
      read("discrete", address, (error, word) => done(error, word !== 0)),
    getInputRegister: (address: number, _unit: number, done: Done<number>) =>
      read("input", address, done),
    getHoldingRegister: (address: number, _unit: number, done: Done<number>) =>
      read("holding", address, done),
    setCoil: (address: number, on: boolean, _unit: number, done: Ended) =>
      setCoil(address, on ? 1 : 0, done),
    setRegister: (address: number, word: number, _unit: number, done: Ended) =>
      write("holding", address, [word], done),
    setRegisterArray: (address: number, words: number[], _unit: number, done: Ended) => {
      // The driver has refused an empty request already, and goes on as if it had not (MS2).
      if (words.length > 0) write("holding", address, words, done);
    },
  };
}

/**
 * The driver hands over the coils of one request one by one, in one turn. They are gathered until
 * the turn is over, so that a request is carried out or refused as a whole.
 */
function inOneGo(write: (address: number, words: number[], done: Ended) => void) {
  let first = 0;
  let gathered: { readonly word: number; readonly done: Ended }[] = [];
  const flush = (): void => {
    const request = gathered;
    gathered = [];
    write(
      first,
      request.map(({ word }) => word),
      (error) => {
        for (const { done } of request) done(error);
      },
    );
  };
  return (address: number, word: number, done: Ended): void => {
    if (gathered.length === 0) {
      first = address;
      queueMicrotask(flush);
    }
    gathered.push({ word, done });
  };
}

interface Listening {
  readonly port: number;
  counts(): { readonly connections: number; readonly broken: number };
  close(): Promise<void>;
}

function listen(
  vector: ReturnType<typeof vectorOf>,
  { host, port, unit }: { host: string; port: number; unit: number },
): Promise<Listening> {
  // The driver takes the number 0 for "not given" and would listen on 502; the text passes.
  const portSaid = port === 0 ? ("0" as unknown as number) : port;
  const modbus = new ServerTCP(vector, { host, port: portSaid, unitID: unit });
  const server = (modbus as unknown as { readonly _server: Server })._server;
  let lost = 0;
  const count = (): void => {
    lost += 1;
  };
  server.maxConnections = mostConnections;
  server.on("connection", guard);
  modbus.on("socketError", count);
  // An "error" without a listener would end the process (MS1).
  modbus.on("error", count);
  return new Promise((resolve, reject) => {
    const refuse = (error: Error | null): void => reject(cannotListen(`${host}:${port}`, error));
    modbus.on("serverError", refuse);
    modbus.on("initialized", () => {
      modbus.off("serverError", refuse);
      modbus.on("serverError", count);
      resolve({
        port: (server.address() as AddressInfo).port,
        counts: () => ({ connections: modbus.socks.size, broken: lost }),
        close: () => new Promise((closed) => modbus.close(() => closed())),
      });
    });
  });
}

function guard(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setTimeout(idleAfter, () => socket.destroy());
  socket.on("data", () => {
    if (socket.writableLength > mostUnread) socket.destroy();
  });
}

function cannotListen(address: string, error: NodeJS.ErrnoException | null): FaultError {
  const met =
    error?.code === "EADDRINUSE"
      ? faultOf("PORT_IN_USE", { address })
      : faultOf("PORT_REFUSED", { address, why: error?.message ?? "unknown" });
  return new FaultError(met, { cause: error });
}

/** The driver takes 0 for "not given"; both mean that any unit id is answered. */
const unitOf = (config: NodeConfig, device: string): number =>
  modbusSaid(config.devices[device]).unit;

/** Calls `step` on an absolute schedule with the time since the last call (MS3). */
function everyStep(step: (passed: Millis) => void): () => void {
  const origin = performance.now();
  let last = origin;
  let timer: NodeJS.Timeout;
  const tick = (): void => {
    const now = performance.now();
    step(millis(now - last));
    last = now;
    arm(now);
  };
  const arm = (now: number): void => {
    const next = origin + (Math.floor((now - origin) / stepEvery) + 1) * stepEvery;
    timer = setTimeout(tick, next - now);
  };
  arm(origin);
  return () => clearTimeout(timer);
}
