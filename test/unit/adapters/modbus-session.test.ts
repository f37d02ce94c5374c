import { beforeEach, describe, expect, test } from "vitest";
import type { ModbusConnection, Outcome } from "#src/adapters/modbus-connection.ts";
import type { ReadRequest, Signal } from "#src/adapters/modbus-poll-plan.ts";
import { type Ending, Session } from "#src/adapters/modbus-session.ts";
import { after as later, millis } from "#src/base/units.ts";
import type { Register } from "#src/contract/registers.ts";
import { HandClock } from "#test/unit/hand-clock.ts";

const register = (address: number): Register => ({
  kind: "holding",
  address,
  type: "uint16",
  wordOrder: "big",
  scale: 1,
  offset: 0,
});

const signal = (index: number): Signal => ({
  list: "outputs",
  index,
  name: `out${index}`,
  register: register(index),
  period: millis(100),
});

const requestOf = (...indices: readonly number[]): ReadRequest => ({
  kind: "holding",
  address: indices[0] ?? 0,
  length: indices.length,
  period: millis(100),
  signals: indices.map(signal),
});

type Give = (outcome: Outcome<readonly number[]>) => Promise<void>;

/** A connection that waits for the test to answer each request. */
class HandConnection implements ModbusConnection {
  ended: string | undefined;
  readonly asked: string[] = [];
  #settle: ((outcome: Outcome<readonly number[]>) => void) | undefined;
  readonly #endings: (() => void)[] = [];

  read(_: string, address: number, length: number): Promise<Outcome<readonly number[]>> {
    return this.#ask(`read ${address} ${length}`);
  }

  write({ address }: Register, value: number): Promise<Outcome<unknown>> {
    return this.#ask(`write ${address} ${value}`);
  }

  whenEnded(task: () => void): void {
    this.#endings.push(task);
  }

  destroy(): void {
    if (this.ended !== undefined) return;
    this.ended = "destroyed";
    this.#settle?.({ kind: "broken", why: this.ended });
    for (const task of this.#endings) task();
  }

  give: Give = async (outcome) => {
    this.#settle?.(outcome);
    await turns();
  };

  #ask(what: string): Promise<Outcome<readonly number[]>> {
    this.asked.push(what);
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}

const words = (...value: readonly number[]): Outcome<readonly number[]> => ({
  kind: "answer",
  value,
});
const refusal = (code: number): Outcome<never> => ({ kind: "refused", code, why: `no (${code})` });
const silence: Outcome<never> = { kind: "silent", why: "no answer" };

describe("a session with a device", () => {
  let clock: HandClock;
  let connection: HandConnection;
  let session: Session;
  let told: string[];
  let ending: Ending | undefined;

  const begin = async (...plan: readonly ReadRequest[]): Promise<void> => {
    session = new Session({
      connection,
      plan,
      poll: millis(100),
      clock,
      keep: ({ name }, { value, quality }) => told.push(`${name} ${value} ${quality}`),
      ready: () => told.push("ready"),
      refused: (what) => told.push(`refused ${what}`),
      worked: () => {},
    });
    void session.run().then((over) => {
      ending = over;
    });
    await turns();
  };
  const pass = async (length: number): Promise<void> => {
    clock.pass(length);
    await turns();
  };
  const write = async (output: number, value: number): Promise<void> => {
    session.write({ output, name: `out${output}`, register: register(output), value });
    await turns();
  };
  const asked = (): string[] => connection.asked.splice(0);

  beforeEach(() => {
    clock = new HandClock();
    connection = new HandConnection();
    told = [];
    ending = undefined;
  });

  test("MO2: takes no write before every signal was read", async () => {
    await begin(requestOf(0, 1), requestOf(50));
    await write(0, 5);
    await connection.give(words(1, 2));
    await write(0, 6);
    await connection.give(words(3));
    expect(asked()).toEqual(["read 0 2", "read 50 1"]);
    expect(told).toEqual(["out0 1 good", "out1 2 good", "out50 3 good", "ready"]);
    await write(0, 7);
    expect(asked()).toEqual(["write 0 7"]);
  });

  test("MO2: an answer that was lost once does not count as read", async () => {
    await begin(requestOf(0));
    await connection.give(silence);
    await write(0, 5);
    expect(asked()).toEqual(["read 0 1", "read 0 1"]);
    expect(told).toEqual([]);
  });

  test("MO1: writes each output once, then reads what has been due longest", async () => {
    await begin(requestOf(0), requestOf(50));
    await connection.give(words(0));
    await connection.give(words(0));
    asked();
    await pass(100);
    await write(0, 1);
    await write(50, 2);
    await connection.give(words(0));
    clock.block(1);
    await write(0, 3);
    await connection.give(words());
    await connection.give(words());
    await connection.give(words(0));
    expect(asked()).toEqual(["read 0 1", "write 0 1", "write 50 2", "read 50 1", "write 0 3"]);
  });

  test("MO1: reads go on under writes without end", async () => {
    await begin(requestOf(0), requestOf(50));
    await connection.give(words(0));
    await connection.give(words(0));
    asked();
    for (let i = 0; i < 40; i += 1) {
      clock.block(30);
      await write(0, i);
      await connection.give(words(0));
    }
    const reads = asked().filter((one) => one === "read 50 1");
    expect(reads.length).toBeGreaterThan(5);
  });

  test("MO3: takes a refused request apart until only the wrong signal is refused", async () => {
    await begin(requestOf(0, 1, 2));
    await connection.give(refusal(2));
    await connection.give(words(7));
    await connection.give(refusal(2));
    await connection.give(words(9));
    expect(asked()).toEqual(["read 0 3", "read 0 1", "read 1 1", "read 2 1"]);
    expect(told).toEqual([
      "out0 7 good",
      "out1 NaN bad",
      "refused reading out1 (holding 1)",
      "out2 9 good",
      "ready",
    ]);
  });

  test("MO3: a function the device does not know is refused for all at once", async () => {
    await begin(requestOf(0, 1));
    await connection.give(refusal(1));
    expect(asked()).toEqual(["read 0 2"]);
    expect(told).toEqual([
      "out0 NaN bad",
      "refused reading out0 (holding 0)",
      "out1 NaN bad",
      "refused reading out1 (holding 1)",
      "ready",
    ]);
  });

  test("MO4: a lost write is tried again at once, and a newer one takes its place", async () => {
    await begin(requestOf(0));
    await connection.give(words(0));
    asked();
    await write(0, 1);
    await connection.give(silence);
    expect(asked()).toEqual(["write 0 1", "write 0 1"]);
    await write(0, 2);
    await connection.give(words());
    expect(asked()).toEqual(["read 0 1"]);
    await connection.give(words(1));
    expect(asked()).toEqual(["write 0 2"]);
  });

  test("MO4: a refused write waits a poll period, but a newer one does not", async () => {
    await begin(requestOf(0));
    await connection.give(words(0));
    asked();
    await write(0, 1);
    await connection.give(refusal(4));
    expect(told.at(-1)).toBe("refused writing out0 (holding 0)");
    await pass(60);
    expect(asked()).toEqual(["write 0 1"]);
    await write(0, 2);
    expect(asked()).toEqual(["write 0 2"]);
    await connection.give(refusal(4));
    await pass(99);
    await connection.give(words(0));
    expect(asked()).toEqual(["read 0 1"]);
    await pass(1);
    expect(asked()).toEqual(["write 0 2"]);
  });

  test("ends with the second silence in a row, and with nonsense at once", async () => {
    await begin(requestOf(0));
    await connection.give(silence);
    await connection.give(words(1));
    await pass(100);
    await connection.give(silence);
    expect(ending).toBeUndefined();
    await connection.give(silence);
    expect(ending).toEqual({ why: "no answer", isLost: true });
    expect(connection.ended).toBe("destroyed");

    connection = new HandConnection();
    ending = undefined;
    await begin(requestOf(0));
    await connection.give({ kind: "broken", why: "nonsense" });
    expect(ending).toEqual({ why: "nonsense", isLost: true });
  });

  test("a write that is answered ends a silence as well as a read", async () => {
    await begin(requestOf(0));
    await connection.give(words(0));
    for (let value = 0; value < 5; value += 1) {
      await write(0, value);
      await connection.give(silence);
      await connection.give(words());
      await connection.give(silence);
      await connection.give(words(value));
    }
    expect(ending).toBeUndefined();
  });

  test("ends without blame when the connection was closed between two requests", async () => {
    await begin(requestOf(0));
    await connection.give(words(1));
    connection.destroy();
    await turns();
    expect(ending).toEqual({ why: "destroyed", isLost: false });
  });

  test("at its end tries every waiting write once more, also a refused one, and reads no more", async () => {
    await begin(requestOf(0), requestOf(50));
    await connection.give(words(0));
    await connection.give(words(0));
    await write(0, 1);
    await connection.give(refusal(4));
    await connection.give(words(0));
    asked();
    await write(50, 2);
    session.close(later(clock.now(), millis(500)));
    await connection.give(words());
    await connection.give(words());
    expect(asked()).toEqual(["write 50 2", "write 0 1"]);
    expect(ending?.isLost).toBe(false);
  });

  test("at its end waits no longer than it was told to", async () => {
    await begin(requestOf(0));
    await connection.give(words(0));
    await write(0, 1);
    session.close(later(clock.now(), millis(500)));
    await pass(499);
    expect(ending).toBeUndefined();
    await pass(1);
    expect(ending).toBeDefined();
    expect(connection.ended).toBe("destroyed");
  });
});
