import { parentPort, workerData } from "node:worker_threads";
import type { ControlState } from "#agents/node/control.ts";
import type { ControlPlan } from "#agents/node/plan.ts";
import { fieldDevices } from "#src/adapters/field-devices.ts";
import { journalFolder } from "#src/adapters/journal-folder.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import { preferThread } from "#src/adapters/thread-priority.ts";
import { invariant } from "#src/base/assert.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import type { ControlMemory } from "#src/core/control-io.ts";
import { ControlShell } from "#src/runtime/control-shell.ts";
import { Journal } from "#src/runtime/journal.ts";
import type { Frame, ToControl, ToLink } from "#src/runtime/threads.ts";
import { answerOf, controlRules } from "./node-parts.ts";

/** What the link thread gives its control thread to begin with. */
export interface ControlStart {
  readonly config: NodeConfig;
  readonly memory: ControlMemory;
  /** Of this program. */
  readonly version: string;
  /** Folder of the node's databases. */
  readonly data: string;
}

/** The control thread: devices, loops and safety of one node. */
export function runControl(): void {
  invariant(parentPort !== null, "the control thread has a parent");
  const port = parentPort;
  preferThread();
  const shell = controlOf(workerData as ControlStart, (frame) => port.postMessage(frame));
  port.on("message", (frame: Frame<ToControl>) => shell.receive(frame));
  shell.start();
}

/** The same in whatever thread this is; `post` takes what it says to the link thread. */
export function controlOf(
  { config, memory, version, data }: ControlStart,
  post: (frame: Frame<ToLink>) => void,
): ControlShell<ControlPlan, ControlState> {
  const clock = systemClock({ fine: true });
  const rules = controlRules(config);
  const { plan } = rules;
  const devices = fieldDevices({
    config,
    clock,
    events: {
      lost: (_, fault) => shell.report({ kind: "report", fault }),
      refused: (_, fault) => shell.report({ kind: "report", fault }),
      found: (device) => shell.report({ kind: "deviceFound", device }),
      changed: (inputs) => shell.changed(inputs),
    },
  });
  const journal = new Journal({
    agent: "control",
    node: config.node,
    version,
    plan,
    clock,
    files: journalFolder(data),
    report: (fault) => shell.report({ kind: "report", fault }),
  });
  const shell: ControlShell<ControlPlan, ControlState> = new ControlShell({
    ...rules,
    journal,
    memory,
    devices,
    clock,
    post,
    answer: answerOf(plan, clock),
  });
  return shell;
}
