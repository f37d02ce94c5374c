import { setTimeout as pause } from "node:timers/promises";
import modbus from "modbus-serial";

/**
 * Looks at a device with a Modbus client of its own, several times a second, and remembers every
 * value that it ever saw in the registers that the node drives.
 */
export interface Witness {
  /** Every value ever seen, in the order of their numbers. */
  valuesOf(output: string): readonly number[];
  changesOf(output: string): readonly Change[];
  /** How often it looked and was answered. */
  readonly looks: number;
  /** The value seen last; undefined before the first. */
  now(output: string): number | undefined;
  close(): Promise<void>;
}

/** Moments are of `performance.now()`; the change happened between `after` and `at`. */
export interface Change {
  readonly value: number;
  readonly at: number;
  /** When the former value was seen last. */
  readonly after: number;
}

export interface Watched {
  readonly name: string;
  readonly kind: "coil" | "holding";
  readonly address: number;
}

const lookEvery = 100;
const answerWithin = 1_000;

export function watch(port: number, outputs: readonly Watched[]): Witness {
  const seen = new Map<string, Seen>(
    outputs.map(({ name }) => [name, { values: new Set(), changes: [], lastAt: 0 }]),
  );
  const stop = new AbortController();
  let looks = 0;
  const look = async (client: Client): Promise<void> => {
    for (const { name, kind, address } of outputs) {
      const value = await readOne(client, kind, address);
      remember(seen.get(name) as Seen, value, performance.now());
    }
    looks += 1;
  };
  const life = live(port, look, stop.signal);
  const of = (output: string): Seen => {
    const found = seen.get(output);
    if (found === undefined) throw new Error(`the witness does not look at ${output}`);
    return found;
  };
  return {
    valuesOf: (output) => [...of(output).values].sort((a, b) => a - b),
    changesOf: (output) => of(output).changes,
    get looks() {
      return looks;
    },
    now: (output) => of(output).changes.at(-1)?.value,
    async close() {
      stop.abort();
      await life;
    },
  };
}

/**
 * How long an output was at `value` each time that both its beginning and its end were seen, in
 * milliseconds: at most, but where the device was away and nobody knows, from when it was seen again.
 */
export function stretchesAt(value: number, changes: readonly Change[]): readonly number[] {
  return changes.flatMap((change, index) => {
    const next = changes[index + 1];
    // The first value was there before anybody looked.
    if (index === 0 || next === undefined || change.value !== value) return [];
    const wasAway = change.at - change.after > longestBlink;
    return [next.at - (wasAway ? change.at : change.after)];
  });
}

/** A machine that does much else may keep us from looking for so long. */
const longestBlink = 5_000;

interface Seen {
  readonly values: Set<number>;
  readonly changes: Change[];
  lastAt: number;
}

function remember(seen: Seen, value: number, at: number): void {
  seen.values.add(value);
  if (seen.changes.at(-1)?.value !== value) seen.changes.push({ value, at, after: seen.lastAt });
  seen.lastAt = at;
}

type Client = InstanceType<typeof modbus.default>;

async function live(
  port: number,
  look: (client: Client) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const client = new modbus.default();
    // Its end is noticed by the next look.
    client.on("error", () => undefined);
    try {
      await client.connectTCP("127.0.0.1", { port });
      client.setID(1);
      client.setTimeout(answerWithin);
      while (!stop.aborted) {
        await look(client);
        await pause(lookEvery);
      }
    } catch {
      // The device is away, as tests want it to be; what it does then nobody can see.
      await pause(lookEvery);
    } finally {
      client.close(() => undefined);
    }
  }
}

async function readOne(client: Client, kind: Watched["kind"], address: number): Promise<number> {
  const answer =
    kind === "coil"
      ? await client.readCoils(address, 1)
      : await client.readHoldingRegisters(address, 1);
  return Number(answer.data[0]);
}
