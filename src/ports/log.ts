/**
 * Events, not sentences: `event` names what happened, the rest is evidence. A log never throws and
 * never waits.
 */
export interface Log {
  debug(entry: LogEntry): void;
  info(entry: LogEntry): void;
  warn(entry: LogEntry): void;
  error(entry: LogEntry): void;
}

export interface LogEntry {
  readonly event: string;
  readonly [evidence: string]: unknown;
}
