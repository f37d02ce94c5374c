import type { Fault } from "#src/base/fault.ts";
import type { Answer } from "#src/contract/query.ts";
import type { Reply } from "#src/ports/reply.ts";

export const said = (body: unknown): Answer => ({ v: 1, ok: true, body });
export const refused = (met: Fault): Answer => ({ v: 1, ok: false, fault: met });

/** Those who listen to a stream. */
export class Listeners {
  readonly #all = new Set<Reply>();

  add(reply: Reply): void {
    this.#all.add(reply);
    reply.onClose(() => this.#all.delete(reply));
  }

  get empty(): boolean {
    return this.#all.size === 0;
  }

  tell(line: unknown): void {
    for (const reply of this.#all) reply.line(line);
  }
}
