import { type ControlState, control } from "#agents/node/control.ts";
import { describe } from "#agents/node/describe.ts";
import { explain } from "#agents/node/explain.ts";
import { ordersAtFailure, ordersAtStop } from "#agents/node/last-orders.ts";
import { type ControlPlan, lookEvery, planNode } from "#agents/node/plan.ts";
import { FaultError } from "#src/base/fault.ts";
import { elapsed, type Instant } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { ControlMemory } from "#src/core/control-io.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { StateStore } from "#src/ports/state-store.ts";
import type { ControlShellParts } from "#src/runtime/control-shell.ts";
import type { FaultBoard } from "#src/runtime/fault-board.ts";
import { loopTimes } from "#src/runtime/loop-times.ts";
import { triggersOf } from "#src/runtime/triggers.ts";

/** What a node is made of in the field and in the simulator alike; only ports differ between them. */
type Parts = ControlShellParts<ControlPlan, ControlState>;

/** All of a control thread that follows from its site file alone. */
export type ControlRules = Pick<
  Parts,
  "agent" | "plan" | "loops" | "triggers" | "lookEvery" | "onFailure" | "onStop"
>;

export function controlRules(config: NodeConfig): ControlRules {
  const plan = planNode(config);
  const loops = plan.loops.map(({ name }) => name);
  return {
    agent: control,
    plan,
    loops: loopTimes(loops, config),
    triggers: triggersOf(config, loops),
    lookEvery: lookEvery(plan),
    onFailure: (last) => ordersAtFailure(plan, last),
    onStop: (last) => ordersAtStop(plan, last),
  };
}

/** What a person who asks the control thread is told. */
export function answerOf(plan: ControlPlan, clock: Clock): Parts["answer"] {
  const toWall = (at: Instant): number => Math.round(clock.wall() - elapsed(at, clock.now()));
  return (state, about, timing) =>
    about.kind === "status"
      ? { kind: "status", status: describe(plan, state, timing, clock.now(), toWall) }
      : { kind: "why", explanation: explain(plan, state, about.output, clock.now(), toWall) };
}

/** A disk that does not work is no reason not to control; another instance on the folder is. */
export function openFirst(open: () => StateStore, board: FaultBoard): StateStore | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.then === "stop") throw error;
    board.put(error.fault);
    return undefined;
  }
}

/** What the control thread begins with; `peek` reads what there is where the store did not open. */
export const memoryAtStart = (
  store: StateStore | undefined,
  peek: () => Omit<ControlMemory, "computer">,
  computer: string,
): ControlMemory => ({ ...(store?.read() ?? peek()), computer });
