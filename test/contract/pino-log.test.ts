import { spawnSync } from "node:child_process";
import { beforeEach, describe, expect, test } from "vitest";
import { type PinoLogParts, pinoLog } from "#src/adapters/pino-log.ts";
import type { Log } from "#src/ports/log.ts";

describe("the log", () => {
  let lines: string[];
  let now: number;
  const open = (level: PinoLogParts["level"] = "debug"): Log =>
    pinoLog({
      level,
      base: { role: "node", id: "n1" },
      to: { write: (line) => lines.push(line) },
      now: () => now,
    });
  const said = (at = 0) => JSON.parse(lines[at] ?? "{}");

  beforeEach(() => {
    lines = [];
    now = 0;
  });

  test("LO1: says level, time and event in words, in this order, then who speaks", () => {
    open().warn({ event: "link.changed", from: "up", to: "down", silence: 12.5 });
    expect(lines[0]).toMatch(
      /^\{"level":"warn","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","event":"link\.changed","role":"node","id":"n1",/,
    );
    expect(said()).toMatchObject({ from: "up", to: "down", silence: 12.5 });
    expect(lines[0]?.endsWith("}\n")).toBe(true);
    expect(Object.keys(said())).not.toContain("msg");
  });

  test("writes nothing below its level", () => {
    const log = open("warn");
    log.debug({ event: "a" });
    log.info({ event: "b" });
    log.warn({ event: "c" });
    log.error({ event: "d" });
    expect(lines.map((_, at) => said(at).event)).toEqual(["c", "d"]);
  });

  test("LO2: says a thing five times, and then how often it was left out", () => {
    const log = open();
    for (let i = 0; i < 20; i += 1) log.warn({ event: "fault", code: "BUS_LOST", i });
    log.warn({ event: "fault", code: "STORE_FULL" });
    expect(lines).toHaveLength(6);
    now = 10_000;
    log.info({ event: "other" });
    expect(said(6)).toMatchObject({
      level: "warn",
      event: "log.suppressed",
      of: "fault",
      code: "BUS_LOST",
      count: 15,
    });
    expect(said(7).event).toBe("other");
  });

  test.each([
    ["mqtt://ada:secret@broker:1883", "mqtt://***@broker:1883"],
    ["mqtts://ada@broker", "mqtts://***@broker"],
    ["https://a:se%40cret@h/p?q=1#secretless", "https://***@h/p?q=1#secretless"],
    ["mqtt://a:b@secret@host", "mqtt://***@host"],
    ["mqtt://a:b/secret@host", "mqtt://***@host"],
    ["nothing to hide at mqtt://broker:1883", "nothing to hide at mqtt://broker:1883"],
  ])("LO3: writes %s as %s, wherever it stands", (url, shown) => {
    const error = new Error(`cannot reach ${url}`);
    open().error({ event: "bus.lost", url, deep: { list: [url] }, error });
    expect(said().url).toBe(shown);
    expect(said().deep.list).toEqual([shown]);
    expect(said().error.message).toBe(`cannot reach ${shown}`);
    expect(lines[0]).not.toMatch(/[^a-z]secret[^l]/);
  });

  test("shows errors with their stack and their cause", () => {
    open().error({ event: "x", error: new Error("outer", { cause: new Error("inner") }) });
    expect(said().error.message).toContain("inner");
    expect(said().error.stack).toContain("pino-log.test.ts");
  });

  test("LO4: takes whatever an entry holds", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    const bad = {
      get trap(): never {
        throw new Error("not readable");
      },
    };
    const log = open();
    log.info({ event: "loop", loop });
    log.info({ event: "big", count: 2n ** 70n });
    log.info({ event: "trap", bad });
    log.info({ event: "json", bad: { toJSON: () => JSON.parse("{") } });
    log.info({ event: "odd", none: undefined, fn: () => 1, sign: Symbol("s"), nan: Number.NaN });
    expect(lines.map((_, at) => said(at).event)).toEqual(["loop", "big", "trap", "json", "odd"]);
  });

  test("stands on standard output before a process that ends at once is gone", () => {
    const { stdout, signal } = run(`
      const log = pinoLog({ level: "info", base: { role: "node" } });
      for (let i = 0; i < 300; i += 1) log.info({ event: "e" + i });
      process.kill(process.pid, "SIGKILL");`);
    expect(signal).toBe("SIGKILL");
    expect(stdout.map(({ event }) => event)).toEqual(
      Array.from({ length: 300 }, (_, i) => `e${i}`),
    );
  });

  test("LO2: tells of what was left out when nothing follows, and holds no process up for it", () => {
    const { stdout, status } = run(`
      let now = 0;
      const log = pinoLog({ level: "info", base: {}, now: () => now });
      for (let i = 0; i < 5; i += 1) log.info({ event: "often" });
      now = 9_990;
      for (let i = 0; i < 3; i += 1) log.info({ event: "often" });
      now = 10_000;
      const { writeSync } = await import("node:fs");
      setTimeout(() => {
        writeSync(1, '{"event":"aside"}\\n');
        for (let i = 0; i < 7; i += 1) log.info({ event: "last" });
      }, 60);`);
    expect(status).toBe(0);
    const told = stdout.map(({ event, of, count }) => (of ? `${of} ${count}` : event));
    expect(told.slice(5)).toEqual(["often 3", "aside", ...Array(5).fill("last"), "last 2"]);
  });
});

function run(code: string) {
  const { href } = new URL("../../src/adapters/pino-log.ts", import.meta.url);
  const whole = `const { pinoLog } = await import(${JSON.stringify(href)});\n${code}`;
  const { stdout, ...ended } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", whole],
    { encoding: "utf8", timeout: 20_000 },
  );
  return {
    ...ended,
    stdout: stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}
