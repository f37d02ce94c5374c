import { unreachable } from "#src/base/assert.ts";
import { fault } from "#src/base/fault.ts";
import { after, type Instant, type Millis } from "#src/base/units.ts";
import type { LoopTiming } from "#src/contract/query.ts";
import type { Agent } from "#src/core/agent.ts";
import type {
  ControlEffect,
  ControlInput,
  ControlMemory,
  LastKnown,
} from "#src/core/control-io.ts";
import type { Clock, Timer } from "#src/ports/clock.ts";
import type { Devices } from "#src/ports/devices.ts";
import { ControlCycles } from "./control-cycles.ts";
import { CreditSender } from "./credit-sender.ts";
import { Host } from "./host.ts";
import type { Journal } from "./journal.ts";
import type { LoopTimes } from "./loop-times.ts";
import { type About, ack, type Frame, type ToControl, type ToLink, type Told } from "./threads.ts";
import { Triggers } from "./triggers.ts";

/**
 * The control thread's shell: it wakes the control agent on its schedule, hands it the image of the
 * devices, and carries out what it decides. It needs nobody above it to go on.
 */
export interface ControlShellParts<Plan, State> {
  readonly agent: Agent<Plan, ControlMemory, State, ControlInput, ControlEffect>;
  readonly plan: Plan;
  readonly memory: ControlMemory;
  /** In the plan's order. */
  readonly loops: readonly LoopTimes[];
  /** For each input, the loops that decide at once when it has a new value. */
  readonly triggers: readonly (readonly number[])[];
  /** The agent is asked at least this often, whatever the periods. */
  readonly lookEvery: Millis;
  /** What each output takes when the agent fails or the process ends; undefined: left as it is. */
  readonly onFailure: LastOrders;
  readonly onStop: LastOrders;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly post: (frame: Frame<ToLink>) => void;
  readonly answer: (state: State, about: Asked, timing: (loop: number) => LoopTiming) => Told;
  readonly journal?: Journal<Plan> | undefined;
}

export type LastOrders = (last: LastKnown) => readonly (number | undefined)[];

/** What is answered from the agent's state. */
type Asked = Exclude<About, { kind: "journal" }>;

export class ControlShell<Plan, State> {
  readonly #parts: ControlShellParts<Plan, State>;
  readonly #host: Host<Plan, ControlMemory, State, ControlInput, ControlEffect>;
  readonly #sender: CreditSender<ToLink>;
  readonly #cycles: ControlCycles;
  /** Undefined where no loop waits for a value. */
  readonly #triggers: Triggers | undefined;
  #housekeeping: Instant;
  /** What an agent that starts anew must not forget. */
  #memory: ControlMemory;
  readonly #written: (number | undefined)[] = [];
  #shed = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(parts: ControlShellParts<Plan, State>) {
    this.#parts = parts;
    const { agent, plan, clock, onFailure, devices, loops } = parts;
    this.#sender = new CreditSender(
      (message) => parts.post({ message }),
      (message) => this.#countShed(message),
    );
    this.#housekeeping = clock.now();
    this.#memory = parts.memory;
    this.#host = new Host({
      agent,
      config: plan,
      memory: () => this.#memory,
      clock,
      journal: parts.journal,
      perform: (effect) => this.#perform(effect),
      failed: (error) => {
        this.#memory = { ...this.#memory, failed: this.#orderLast(onFailure) };
        this.#send({
          kind: "report",
          fault: fault("AGENT_FAILED", { agent: agent.kind, why: String(error) }),
        });
      },
    });
    this.#cycles = new ControlCycles({
      loops,
      clock,
      devices,
      isThere: () => this.#host.state !== undefined,
      step: (input) => this.#host.post(input),
      report: (met) => this.#send({ kind: "report", fault: met }),
    });
    if (parts.triggers.some((waiting) => waiting.length > 0)) {
      this.#triggers = new Triggers({
        loopsOf: parts.triggers,
        clock,
        turn: (due) => this.#cycles.turnOf(due),
      });
    }
  }

  start(): void {
    this.#host.start();
    this.#cycle();
  }

  receive(frame: Frame<ToControl>): void {
    if ("ack" in frame) {
      this.#sender.acked();
      return;
    }
    this.#parts.post(ack);
    const { message } = frame;
    switch (message.kind) {
      case "input":
        this.#take(message.input);
        return;
      case "ask":
        this.#answer(message.id, message.about);
        return;
      case "stop":
        void this.#stop();
        return;
      default:
        unreachable(message, "message to the control thread");
    }
  }

  report(effect: Extract<ToLink, { kind: "report" | "deviceFound" }>): void {
    this.#send(effect);
  }

  /** These inputs have a new value. */
  changed(inputs: readonly number[]): void {
    if (!this.#stopped) this.#triggers?.changed(inputs);
  }

  #answer(id: string, about: About): void {
    if (about.kind === "journal") {
      void this.#parts.journal
        ?.keep("somebody asked for it")
        .then((outcome) => this.#send({ kind: "told", id, told: { kind: "journal", outcome } }));
      return;
    }
    const { state } = this.#host;
    if (state === undefined) return;
    const told = this.#parts.answer(state, about, this.#cycles.timing);
    this.#send({ kind: "told", id, told });
  }

  #take(input: ControlInput): void {
    if (input.kind === "lease" && input.epoch > this.#memory.epoch) {
      this.#memory = { ...this.#memory, epoch: input.epoch };
    }
    this.#host.post(input);
  }

  readonly #cycle = (): void => {
    if (this.#stopped) return;
    const { clock, lookEvery } = this.#parts;
    const now = clock.now();
    const mustLook = now >= this.#housekeeping;
    const wasAsked = this.#cycles.turn(now, mustLook);
    if (wasAsked || mustLook) this.#housekeeping = after(now, lookEvery);
    const next = this.#cycles.next() ?? this.#housekeeping;
    const soonest = Math.min(next, this.#housekeeping) as Instant;
    this.#timer = clock.at(soonest, this.#cycle);
  };

  #perform(effect: ControlEffect): void {
    switch (effect.kind) {
      case "actuate":
        this.#order(effect.output, effect.value);
        return;
      case "record":
        this.#send({ kind: "row", row: effect.row, shed: this.#takeShed() });
        return;
      case "remember":
        this.#memory = { ...this.#memory, isolatedFor: effect.isolatedFor };
        this.#send(effect);
        return;
      case "rememberSafety":
      case "recalled":
        this.#memory = { ...this.#memory, safety: effect.safety };
        this.#send(effect);
        return;
      case "mode":
      case "answer":
      case "reply":
      case "report":
        this.#send(effect);
        return;
      default:
        unreachable(effect, "control effect");
    }
  }

  #order(output: number, value: number): void {
    this.#written[output] = value;
    this.#parts.devices.write(output, value);
  }

  #orderLast(rule: LastOrders): ReturnType<LastOrders> {
    const { safety } = this.#memory;
    const { devices } = this.#parts;
    const orders = rule({ safety, written: [...this.#written], image: devices.image() });
    for (const [output, value] of orders.entries()) {
      if (value !== undefined) this.#order(output, value);
    }
    return orders;
  }

  #send(message: ToLink): void {
    this.#sender.send(message);
  }

  #countShed(message: ToLink): void {
    if (message.kind === "row") this.#shed += message.row.values.length + message.shed;
  }

  #takeShed(): number {
    const shed = this.#shed;
    this.#shed = 0;
    return shed;
  }

  async #stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#triggers?.stop();
    const { devices, onStop } = this.#parts;
    this.#orderLast(onStop);
    await devices.close();
    this.#parts.post({ message: { kind: "stopped" } });
  }
}
