import { unreachable } from "#src/base/assert.ts";
import { type Fault, fault } from "#src/base/fault.ts";
import { type Millis, millis } from "#src/base/units.ts";
import type { JournalAgent, JournalKept } from "#src/contract/journal.ts";
import { limits } from "#src/contract/limits.ts";
import type {
  ControlStatus,
  Explanation,
  NodeStatus,
  Query,
  TailLine,
} from "#src/contract/query.ts";
import { qualityAt } from "#src/contract/samples.ts";
import type { ControlInput, ControlRow } from "#src/core/control-io.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { Reply } from "#src/ports/reply.ts";
import type { FaultBoard } from "./fault-board.ts";
import type { Journal } from "./journal.ts";
import type { NodeShell } from "./node-shell.ts";
import { type NoAnswer, Pending } from "./pending.ts";
import { Listeners, refused, said } from "./query.ts";
import type { ToLink } from "./threads.ts";

export interface NodeQueryParts<Plan, State> {
  readonly node: string;
  readonly region: string;
  readonly version: string;
  readonly pid: number;
  readonly outputs: readonly string[];
  readonly series: readonly string[];
  readonly clock: Clock;
  readonly board: FaultBoard;
  readonly shell: () => NodeShell<Plan, State>;
  /** Of the link agent. */
  readonly journal: Journal<Plan>;
}

type Replied = Extract<ToLink, { kind: "reply" }>;

/** Answers people's questions at a node, from what the control thread tells. */
export class NodeQueries<Plan, State> {
  readonly #parts: NodeQueryParts<Plan, State>;
  readonly #statuses: Pending<ControlStatus>;
  readonly #reasons: Pending<Explanation | "unknown">;
  readonly #orders: Pending<Replied>;
  readonly #journals: Pending<JournalKept | Fault>;
  readonly #tails = new Listeners();

  constructor(parts: NodeQueryParts<Plan, State>) {
    this.#parts = parts;
    this.#statuses = new Pending(parts.clock);
    this.#reasons = new Pending(parts.clock);
    this.#orders = new Pending(parts.clock);
    this.#journals = new Pending(parts.clock);
  }

  /** What the control thread says is looked at here too. */
  hear(message: ToLink): void {
    if (message.kind === "told") {
      const { id, told } = message;
      if (told.kind === "status") this.#statuses.answer(id, told.status);
      else if (told.kind === "journal") this.#journals.answer(id, told.outcome);
      else this.#reasons.answer(id, told.explanation ?? "unknown");
    } else if (message.kind === "reply") {
      this.#orders.answer(message.id, message);
    } else if (message.kind === "row" && !this.#tails.empty) {
      this.#tell(message.row);
    }
  }

  readonly handle = (query: Query, reply: Reply): void => {
    switch (query.verb) {
      case "status":
        this.#status(reply);
        return;
      case "why":
        this.#why(query.output, reply);
        return;
      case "set":
        this.#set(query, reply);
        return;
      case "reset":
        this.#reset(query, reply);
        return;
      case "tune":
        this.#tune(query, reply);
        return;
      case "tune-stop":
        this.#order(
          reply,
          (id) => ({ kind: "tuneStop", id, loop: query.loop }),
          (id) => ({ id }),
        );
        return;
      case "force":
        this.#force(query, reply);
        return;
      case "kill":
      case "release":
        this.#kill(query, reply);
        return;
      case "tail":
        this.#tails.add(reply);
        return;
      case "journal":
        this.#journal(query.agent, reply);
        return;
      default:
        unreachable(query, "question");
    }
  };

  #status(reply: Reply): void {
    const { shell } = this.#parts;
    const id = this.#statuses.ask("status", limits.controlPatience, (control) => {
      if (control === "crowded") reply.answer(refused(tooMany()));
      else reply.answer(said(this.#report(control === "silent" ? null : control)));
    });
    if (id !== undefined) shell().tellControl({ kind: "ask", id, about: { kind: "status" } });
  }

  #report(control: ControlStatus | null): NodeStatus {
    const { node, region, version, pid, clock, board, shell } = this.#parts;
    const { boot, uplink } = shell();
    return {
      role: "node",
      node,
      region,
      version,
      pid,
      boot: boot ?? null,
      at: clock.wall(),
      control,
      uplink,
      buffer: shell().buffer(),
      faults: board.list(),
    };
  }

  #why(output: string, reply: Reply): void {
    const { shell, outputs } = this.#parts;
    const id = this.#reasons.ask("why", limits.controlPatience, (explanation) => {
      if (isNoAnswer(explanation)) {
        reply.answer(refused(unheard(explanation, limits.controlPatience)));
      } else if (explanation === "unknown") {
        reply.answer(refused(fault("OUTPUT_UNKNOWN", { output, known: outputs.join(", ") })));
      } else {
        reply.answer(said(explanation));
      }
    });
    if (id !== undefined) shell().tellControl({ kind: "ask", id, about: { kind: "why", output } });
  }

  #journal(agent: JournalAgent, reply: Reply): void {
    const { shell, journal } = this.#parts;
    const tell = (outcome: JournalKept | Fault): void =>
      reply.answer("code" in outcome ? refused(outcome) : said(outcome));
    if (agent === "link") {
      void journal.keep("somebody asked for it").then(tell);
      return;
    }
    const id = this.#journals.ask("journal", limits.controlPatienceForDisk, (outcome) =>
      tell(isNoAnswer(outcome) ? unheard(outcome, limits.controlPatienceForDisk) : outcome),
    );
    if (id !== undefined) shell().tellControl({ kind: "ask", id, about: { kind: "journal" } });
  }

  #set(query: Extract<Query, { verb: "set" }>, reply: Reply): void {
    const { node, clock } = this.#parts;
    if (query.node !== node) {
      reply.answer(refused(fault("NODE_UNKNOWN", { node: query.node })));
      return;
    }
    const { loop, value, owner, reason } = query;
    this.#order(
      reply,
      (id) => {
        const grant = { id, loop, value, for: millis(query.for), owner, reason };
        return { kind: "override", grant };
      },
      (id) => ({ id, by: "node", until: clock.wall() + query.for }),
    );
  }

  #reset({ interlock, owner, reason }: Extract<Query, { verb: "reset" }>, reply: Reply): void {
    const { clock } = this.#parts;
    this.#order(
      reply,
      (id) => ({ kind: "reset", id, interlock, owner, reason }),
      (id) => ({ id, by: "node", at: clock.wall() }),
    );
  }

  #force(query: Extract<Query, { verb: "force" }>, reply: Reply): void {
    const { output, value, owner, reason } = query;
    const length = millis(query.for);
    this.#order(
      reply,
      (id) => ({ kind: "force", id, output, value, for: length, owner, reason }),
      (id) => ({ id, by: "node", until: this.#parts.clock.wall() + length }),
    );
  }

  #kill(query: Extract<Query, { verb: "kill" | "release" }>, reply: Reply): void {
    const { output, owner, reason } = query;
    const wall = this.#parts.clock.wall();
    const kind = query.verb === "kill" ? "kill" : "revive";
    this.#order(
      reply,
      (id) => ({ kind, id, output, owner, reason, wall }),
      (id) => ({ id, by: "node", at: wall, unwritten: this.#parts.shell().unwritten ?? null }),
    );
  }

  #tune(query: Extract<Query, { verb: "tune" }>, reply: Reply): void {
    const { loop, method, hysteresis, owner, reason } = query;
    const amplitude = method === "relay" ? Math.abs(query.amplitude) : query.amplitude;
    const longest = millis(query.for);
    this.#order(
      reply,
      (id) => ({ kind: "tune", id, loop, method, amplitude, hysteresis, longest, owner, reason }),
      (id) => ({ id }),
    );
  }

  /** What a person orders is answered by the control thread. */
  #order(reply: Reply, input: (id: string) => ControlInput, done: (id: string) => object): void {
    const { shell, clock } = this.#parts;
    const id = this.#orders.ask(`local-${clock.wall()}`, limits.controlPatience, (outcome) => {
      if (isNoAnswer(outcome)) {
        reply.answer(refused(unheard(outcome, limits.controlPatience)));
      } else if (outcome.refused !== undefined) {
        reply.answer(refused(outcome.refused));
      } else {
        reply.answer(said(done(outcome.id)));
      }
    });
    if (id !== undefined) shell().tellControl({ kind: "input", input: input(id) });
  }

  #tell(row: ControlRow): void {
    const { at: taken, values } = row;
    const { node, series, clock } = this.#parts;
    const at = Math.round(clock.wall() - (clock.now() - taken));
    for (const [place, value] of values.entries()) {
      const line: TailLine = {
        node,
        at,
        series: series[place] ?? "?",
        value: Number.isFinite(value) ? value : null,
        quality: qualityAt(row, place),
      };
      this.#tails.tell(line);
    }
  }
}

const isNoAnswer = (outcome: unknown): outcome is NoAnswer =>
  outcome === "silent" || outcome === "crowded";

/** What was asked and not answered may have been taken all the same; what was not asked was not. */
const unheard = (why: NoAnswer, patience: Millis): Fault =>
  why === "crowded" ? tooMany() : fault("CONTROL_SILENT", { seconds: patience / 1_000 });

const tooMany = (): Fault => fault("QUESTIONS_CROWDED", { most: limits.pendingQuestions });
