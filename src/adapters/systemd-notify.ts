import { spawn } from "node:child_process";

/**
 * Tells systemd how the service does (Type=notify, NotifyAccess=all), through systemd's own tool.
 *
 * SN1  Without $NOTIFY_SOCKET nothing happens at all.
 * SN2  Nothing waits: messages go one at a time and in order, and of several statuses that wait the
 *      newest remains.
 * SN3  A failure is told once and never again.
 */
export interface Notifier {
  ready(status: string): void;
  /** Proof of life; due at least every `intervalMs`. */
  watchdog(): void;
  stopping(): void;
  /** Half of what systemd waits for; undefined when it does not watch. */
  readonly intervalMs: number | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** A tool that hangs is given up after this long. */
const timeout = 5_000;

export function notifier(env: Env, failed: (why: string) => void): Notifier {
  const socket = env["NOTIFY_SOCKET"];
  if (socket === undefined || socket === "") return silent;
  /** By variable: a newer value takes the place of one that waits. */
  const waiting = new Map<string, string>();
  let isBusy = false;
  let hasFailed = false;
  const fail = (why: string): void => {
    if (!hasFailed) failed(why);
    hasFailed = true;
  };
  const flush = (): void => {
    if (isBusy || waiting.size === 0) return;
    isBusy = true;
    const said = [...waiting].map(([name, value]) => `${name}=${value}`);
    waiting.clear();
    const child = spawn("systemd-notify", said, {
      env: { PATH: env["PATH"], NOTIFY_SOCKET: socket },
      stdio: "ignore",
      timeout,
    });
    let isOver = false;
    const over = (why: string | undefined): void => {
      if (isOver) return;
      isOver = true;
      isBusy = false;
      if (why !== undefined) fail(why);
      flush();
    };
    child.once("error", (error) => over(error.message));
    child.once("exit", (code, signal) =>
      over(code === 0 ? undefined : `systemd-notify ended with ${code ?? signal}`),
    );
    child.unref();
  };
  const say = (name: string, value: string): void => {
    waiting.set(name, value.replaceAll(/[\p{Cc}\s]+/gu, " ").slice(0, 500));
    flush();
  };
  return {
    ready(status) {
      waiting.set("READY", "1");
      say("STATUS", status);
    },
    watchdog: () => say("WATCHDOG", "1"),
    stopping: () => say("STOPPING", "1"),
    intervalMs: intervalOf(env),
  };
}

const silent: Notifier = {
  ready() {},
  watchdog() {},
  stopping() {},
  intervalMs: undefined,
};

function intervalOf(env: Env): number | undefined {
  const micros = Number(env["WATCHDOG_USEC"]);
  const pid = env["WATCHDOG_PID"];
  if (!(micros > 0) || (pid !== undefined && pid !== String(process.pid))) return undefined;
  return micros / 2_000;
}
