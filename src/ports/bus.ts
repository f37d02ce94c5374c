import type { Fault } from "#src/base/fault.ts";
import type { Message } from "#src/contract/topics.ts";

/**
 * A connection to a broker, one session at a time.
 *
 * B1  `open` tries once and ends in `up` or `down`; who calls decides when to try again.
 * B2  A message published while up reaches each subscriber at least once if the session lasts; its
 *     loss is possible whenever the session ends. Nothing is kept for later: the caller's own
 *     buffer is the only queue.
 * B3  If the session ends without `close`, the broker publishes the Will.
 * B4  Messages of one publisher on one topic arrive in order.
 * B5  What cannot be read is handed to `refused` with its reason and touches nothing else.
 * B6  Subscriptions are in force before `up`.
 */
export interface Bus {
  open(session: Session): void;
  /** False when it was not even handed to the connection. */
  publish(message: Message): boolean;
  /** Ends the session in order: no Will is published. */
  close(): Promise<void>;
}

export interface Session {
  readonly will: Message | undefined;
  /** Topic filters. */
  readonly subscriptions: readonly string[];
}

export interface BusEvents {
  up(): void;
  down(fault: Fault): void;
  message(message: Message): void;
  refused(fault: Fault): void;
}
