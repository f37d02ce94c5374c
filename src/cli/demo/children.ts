import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type Fault, fault } from "#src/base/fault.ts";
import { exit } from "../exit.ts";
import type { Env } from "../powers.ts";

/**
 * The processes of the demo.
 *
 * DC1  A child holds the read end of a pipe from us; when we die in whatever way, it closes, and the
 *     child stops by itself. No child outlives the demo.
 * DC2  A child that ends unasked is started again, as an init system would, within a budget; beyond
 *     it the fault says what its log ended with.
 * DC3  A child that is asked to stop and does not is killed, by its own pid, after a while.
 */
export interface Child {
  readonly name: string;
  readonly runs: boolean;
  /** How often it ended unasked. */
  readonly restarts: number;
  /** Why it was given up; undefined while it was not. */
  readonly fault: Fault | undefined;
  /** Resolves when it has ended, for good. */
  stop(): Promise<void>;
  /** At once, and without asking. */
  kill(): void;
}

export interface ChildPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly log: string;
  readonly env: Env;
  readonly onEvent: (text: string) => void;
}

const patience = 5_000;
const restartPause = 1_000;
const restartBudget = 5;

export function startChild(plan: ChildPlan): Child {
  let current = launch(plan);
  let restarts = 0;
  let stopping = false;
  let given: Fault | undefined;
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    const running = current;
    running.child.once("close", (code, signal) => {
      running.ended = true;
      if (stopping) return;
      const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
      // A configuration does not mend itself.
      if (restarts >= restartBudget || code === exit.config) {
        given = fault("DEMO_CHILD", { name: plan.name, how, said: lastLine(plan.log) });
        plan.onEvent(`${how}; given up`);
        return;
      }
      restarts += 1;
      plan.onEvent(`${how}; started again`);
      timer = setTimeout(() => {
        current = launch(plan);
        watch();
      }, restartPause);
    });
  };
  watch();
  return {
    name: plan.name,
    get runs() {
      return !current.ended;
    },
    get restarts() {
      return restarts;
    },
    get fault() {
      return given;
    },
    stop() {
      stopping = true;
      clearTimeout(timer);
      return ended(current);
    },
    kill() {
      stopping = true;
      clearTimeout(timer);
      if (!current.ended) current.child.kill("SIGKILL");
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  ended: boolean;
}

function launch(plan: ChildPlan): Running {
  const log = openSync(plan.log, "a", 0o600);
  const [program = "", ...args] = plan.command;
  const child = spawn(program, args, {
    env: childEnv(plan.env),
    stdio: ["pipe", log, log],
    // A Ctrl-C at the terminal is ours to pass on, in our order.
    detached: true,
  });
  closeSync(log);
  const running: Running = { child, ended: false };
  child.on("error", (error: NodeJS.ErrnoException) => {
    running.ended = true;
    plan.onEvent(`could not be started: ${error.code ?? error.message}`);
  });
  // It may be gone before the pipe is: that is told by "close".
  child.stdin?.on("error", () => undefined);
  return running;
}

/** Nothing of our own settings may reach a child but what it needs. */
export function childEnv(env: Env): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) =>
      value !== undefined &&
      (!name.startsWith("HOLDFAST_") || name === "HOLDFAST_RUNTIME") &&
      !["NOTIFY_SOCKET", "WATCHDOG_USEC", "STATE_DIRECTORY", "RUNTIME_DIRECTORY"].includes(name),
  );
  return { ...(Object.fromEntries(kept) as Record<string, string>), HOLDFAST_PARENT_PIPE: "1" };
}

function ended(running: Running): Promise<void> {
  const { child } = running;
  if (running.ended) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  child.once("close", () => {
    running.ended = true;
    clearTimeout(timer);
    resolve();
  });
  child.kill("SIGTERM");
  return promise;
}

function lastLine(path: string): string {
  try {
    const text = readFileSync(path, "utf8").trimEnd();
    return text.slice(text.lastIndexOf("\n") + 1).slice(0, 300) || "(it is empty)";
  } catch {
    return "(it cannot be read)";
  }
}
