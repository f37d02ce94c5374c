import { pino, stdSerializers, stdTimeFunctions } from "pino";
import type { Log, LogEntry } from "#src/ports/log.ts";
import { type LineSink, lineSink } from "./line-sink.ts";
import { LogDamper } from "./log-damper.ts";

/**
 * The log as one JSON object a line, written at once: what was said before a crash is there after.
 *
 * LO1  `level` is a word, `time` is ISO 8601, `event` is the first word of the entry's own.
 * LO2  What happens again and again is damped and counted (LD1).
 * LO3  No credential in a URL reaches the line, wherever in the entry it stands.
 * LO4  Nothing an entry holds makes the log throw, and nobody who fails to read it makes it wait (LN1).
 */
export interface PinoLogParts {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Stands in every line. */
  readonly base: Readonly<Record<string, string | number>>;
  /** Standard output where it is not said. */
  readonly to?: LineSink;
  /** Milliseconds on a clock that never runs back. */
  readonly now?: () => number;
}

type Level = PinoLogParts["level"];

export function pinoLog({ level, base, to, now = () => performance.now() }: PinoLogParts): Log {
  const out = to ?? lineSink(1, sayDropped);
  const lines = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err, cause: stdSerializers.err },
    },
    { write: (line: string) => out.write(withoutCredentials(line)) },
  );
  const write = (at: Level, { event, ...evidence }: LogEntry): void => {
    try {
      lines[at]({ event, ...base, ...evidence });
    } catch (error) {
      lines[at]({ event, ...base, unwritable: String(error) });
    }
  };
  const damper = new LogDamper({
    now,
    tell(key, suppressed) {
      const { at, event, code } = JSON.parse(key) as { at: Level; event: string; code?: string };
      write(at, { event: "log.suppressed", of: event, code, count: suppressed });
    },
  });
  if (to === undefined) process.once("exit", () => damper.end());
  let sweeping: NodeJS.Timeout | undefined;
  // Without it, the end of a flood would be told only when the next thing happens.
  const sweepLater = (): void => {
    if (sweeping !== undefined || damper.due === undefined) return;
    sweeping = setTimeout(
      () => {
        sweeping = undefined;
        damper.sweep();
        sweepLater();
      },
      Math.max(1, damper.due - now()),
    );
    sweeping.unref();
  };
  const say = (at: Level) => (entry: LogEntry) => {
    if (!lines.isLevelEnabled(at)) return;
    const code = typeof entry["code"] === "string" ? entry["code"] : undefined;
    if (damper.passes(JSON.stringify({ at, event: entry.event, code }))) write(at, entry);
    else sweepLater();
  };
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}

const sayDropped = (count: number): string =>
  `${JSON.stringify({ level: "warn", time: new Date().toISOString(), event: "log.dropped", count })}\n`;

/** Rather too much than too little: all between :// and the last @ of the same word goes. */
const withoutCredentials = (line: string): string =>
  line.replace(/:\/\/[^\s"]{1,512}@/g, "://***@");
