import type { Log, LogEntry } from "#src/ports/log.ts";

/** A log that a test reads. */
export class KeptLog implements Log {
  readonly entries: (LogEntry & { readonly level: string })[] = [];

  debug(entry: LogEntry): void {
    this.entries.push({ ...entry, level: "debug" });
  }

  info(entry: LogEntry): void {
    this.entries.push({ ...entry, level: "info" });
  }

  warn(entry: LogEntry): void {
    this.entries.push({ ...entry, level: "warn" });
  }

  error(entry: LogEntry): void {
    this.entries.push({ ...entry, level: "error" });
  }
}
