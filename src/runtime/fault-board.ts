import type { Fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import type { FaultSeen } from "#src/contract/query.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Log } from "#src/ports/log.ts";

/** The faults that a process met: logged as they come, and the newest of each kind kept for status. */
export class FaultBoard {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #seen = new Map<string, FaultSeen>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  put(met: Fault): void {
    const { code, message, remedy } = met;
    const before = this.#seen.get(code);
    this.#seen.delete(code);
    this.#seen.set(code, { ...met, at: this.#clock.wall(), count: (before?.count ?? 0) + 1 });
    if (this.#seen.size > limits.faultsRemembered) {
      const oldest = this.#seen.keys().next().value;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    this.#log.warn({ event: "fault", code, message, remedy });
  }

  /** Newest last. */
  list(): readonly FaultSeen[] {
    return [...this.#seen.values()];
  }
}
