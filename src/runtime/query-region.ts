import { unreachable } from "#src/base/assert.ts";
import { type Fault, FaultError, fault } from "#src/base/fault.ts";
import { millis } from "#src/base/units.ts";
import { limits } from "#src/contract/limits.ts";
import { type MetricBatch, qualities } from "#src/contract/messages.ts";
import type { Query, RegionStatus, TailLine } from "#src/contract/query.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Reply } from "#src/ports/reply.ts";
import { Listeners, refused, said } from "./query.ts";
import type { RegionShell } from "./region-shell.ts";

export interface RegionQueryParts<Config, State> {
  readonly clock: Clock;
  readonly shell: () => RegionShell<Config, State>;
  /** A fault while there is nothing to tell. */
  readonly report: () => RegionStatus | Fault;
}

/** Answers people's questions at a region. */
export class RegionQueries<Config, State> {
  readonly #parts: RegionQueryParts<Config, State>;
  readonly #tails = new Listeners();

  constructor(parts: RegionQueryParts<Config, State>) {
    this.#parts = parts;
  }

  hear(node: string, batch: MetricBatch): void {
    if (this.#tails.empty) return;
    for (const [, at, series, value, quality] of batch.points) {
      const name = batch.series[series] ?? "?";
      const line: TailLine = {
        node,
        at,
        series: name,
        value,
        quality: qualities[quality] ?? "bad",
      };
      this.#tails.tell(line);
    }
  }

  readonly handle = (query: Query, reply: Reply): void => {
    switch (query.verb) {
      case "status":
        this.#status(reply);
        return;
      case "why":
      case "reset":
      case "force":
      case "kill":
      case "release":
      case "tune":
      case "journal":
        reply.answer(refused(fault("NOT_HERE", { verb: query.verb })));
        return;
      case "tune-stop":
        reply.answer(refused(fault("NOT_HERE", { verb: "tune" })));
        return;
      case "set":
        this.#set(query, reply);
        return;
      case "tail":
        this.#tails.add(reply);
        return;
      default:
        unreachable(query, "question");
    }
  };

  #status(reply: Reply): void {
    const outcome = this.#report();
    reply.answer("code" in outcome ? refused(outcome) : said(outcome));
  }

  /** The database's no is an answer, too. */
  #report(): RegionStatus | Fault {
    try {
      return this.#parts.report();
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      return error.fault;
    }
  }

  #set(query: Extract<Query, { verb: "set" }>, reply: Reply): void {
    const { node, loop, value, owner, reason } = query;
    const { shell, clock } = this.#parts;
    const most = limits.pendingQuestions;
    shell().set({ node, loop, value, owner, reason, for: millis(query.for) }, (outcome) => {
      if (outcome === "silent") reply.answer(refused(fault("NODE_SILENT", { node })));
      else if (outcome === "crowded") reply.answer(refused(fault("QUESTIONS_CROWDED", { most })));
      else if (outcome.refused !== undefined) reply.answer(refused(outcome.refused));
      else reply.answer(said({ id: outcome.id, by: "region", until: clock.wall() + query.for }));
    });
  }
}
