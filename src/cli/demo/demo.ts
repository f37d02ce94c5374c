import { fault } from "#src/base/fault.ts";
import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { plural } from "../show/config.ts";
import { accountOf, breachesOf } from "./audit.ts";
import { readRecords } from "./count.ts";
import { hasDrained } from "./drained.ts";
import { type Ending, type Ends, watchEnds } from "./ends.ts";
import { type Play, startPlay } from "./play.ts";
import { openShow, type Show } from "./show.ts";
import { roomName } from "./site.ts";
import { raiseStage, type Stage } from "./stage.ts";
import { renderSummary } from "./summary.ts";
import { eventLogLine } from "./table.ts";
import { misfitOf, type Times } from "./times.ts";

export interface DemoOptions extends Times, JsonOption {
  readonly nodes: number;
  readonly keep?: true;
}

/**
 * A whole region on this machine, over a network that can be cut.
 *
 * Up with the stage, play until it ends, heal and wait for the buffers, stop, count in the closed
 * databases. A signal skips the waiting and the counting.
 */
export async function demo(shell: Shell, options: DemoOptions): Promise<number> {
  const { powers, terminal } = shell;
  const misfit = misfitOf(options);
  if (misfit !== undefined) return terminal.fail("the demo was not started", misfit);
  const live = terminal.interactive && options.json !== true;
  const names = Array.from({ length: options.nodes }, (_, index) => roomName(index + 1));
  let stage: Stage | undefined;
  const play = startPlay(
    powers,
    names,
    () => stage?.relay,
    (event) => {
      if (options.json) terminal.talk(eventLogLine(event, terminal.scene()));
      else if (!live) terminal.print(eventLogLine(event, terminal.scene()));
    },
  );
  const ends = watchEnds();
  const show = live ? openShow(powers.out, terminal, play, ends) : undefined;
  try {
    stage = await raiseStage(powers, names, { onOrder: play.order, onChild: play.say });
    const ending = await perform(shell, { stage, play, ends, show }, options);
    show?.close();
    if (ending.kind === "broken") return terminal.fail("the demo ended", ending.fault);
    if (ending.kind === "signal") return signalExit(ending.signal, options);
    return await report(shell, stage, play, options);
  } finally {
    show?.close();
    ends.close();
    stage?.kill();
    await stage?.clear(options.keep === true);
    if (options.keep && stage !== undefined) terminal.talk(`kept ${stage.folder}`);
  }
}

interface Performance {
  readonly stage: Stage;
  readonly play: Play;
  readonly ends: Ends;
  readonly show: Show | undefined;
}

const lookEvery = 500;

/** From the first look to the last process. */
async function perform(
  { terminal }: Shell,
  on: Performance,
  options: DemoOptions,
): Promise<Ending> {
  const { stage, play, ends, show } = on;
  const rooms = plural(options.nodes, "cold room");
  play.say(undefined, `starts a region with ${rooms}, in ${stage.folder}`);
  let looking = false;
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    await play.look(stage);
    looking = false;
    show?.draw();
    const broken = [...stage.rooms, stage.region, stage.devices].find((child) => child.fault);
    if (broken?.fault !== undefined) ends.end({ kind: "broken", fault: broken.fault });
    if (terminal.gone()) ends.end({ kind: "signal", signal: "SIGHUP" });
  };
  const looks = setInterval(() => look().catch(ends.fail), lookEvery);
  const timers = schedule(options, play, ends);
  try {
    const ending = await ends.first;
    for (const timer of timers) clearTimeout(timer);
    if (ending.kind === "time" || ending.kind === "quit") await drain(on);
    clearInterval(looks);
    show?.notice("stopping");
    play.end();
    await Promise.race([stage.stop(), ends.again.then(() => stage.kill())]);
    return ending;
  } finally {
    clearInterval(looks);
  }
}

function schedule(options: DemoOptions, play: Play, ends: Ends): NodeJS.Timeout[] {
  const timers: NodeJS.Timeout[] = [];
  const at = (length: number | undefined, act: () => void): void => {
    if (length !== undefined) timers.push(setTimeout(act, length));
  };
  at(options.cutAt, () => play.order("cut"));
  at(options.healAt, () => play.order("heal"));
  at(options.for, () => ends.end({ kind: "time" }));
  return timers;
}

const drainPatience = 30_000;

/** The account is whole only when the region had its chance to hear everything. */
async function drain({ play, ends, show }: Performance): Promise<void> {
  if (play.cutSince !== undefined) play.order("heal");
  const wanted = play.rooms;
  show?.notice("waits for the buffers; q again to skip");
  const { promise: waited, resolve } = Promise.withResolvers<void>();
  const patience = setTimeout(resolve, drainPatience);
  const watch = setInterval(() => {
    if (hasDrained(wanted, play.rooms)) resolve();
  }, lookEvery / 2);
  await Promise.race([waited, ends.again]);
  clearTimeout(patience);
  clearInterval(watch);
  if (!hasDrained(wanted, play.rooms)) play.say(undefined, "ends with points still in the buffers");
}

/** Ctrl-C is how a person ends a demo without an end; a script that set one was interrupted. */
function signalExit(signal: "SIGINT" | "SIGTERM" | "SIGHUP", options: DemoOptions): number {
  if (options.for === undefined) return exit.ok;
  return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
}

async function report(
  { powers, terminal }: Shell,
  stage: Stage,
  play: Play,
  options: DemoOptions,
): Promise<number> {
  const account = accountOf(await readRecords(powers, stage.site));
  const breaches = breachesOf(account);
  if (options.json) {
    const since = (at: number | undefined): number | null =>
      at === undefined ? null : Math.round((at - play.startedAt) / 100) / 10;
    terminal.printJson({
      ...account,
      seconds: since(play.endedAt),
      cutAt: since(play.cutAt),
      healAt: since(play.healedAt),
    });
  } else {
    terminal.print(["", ...renderSummary(account, breaches, terminal.scene())]);
  }
  if (breaches.length === 0) return exit.ok;
  return terminal.fail("a promise was broken", fault("DEMO_UNSOUND", { why: breaches.join("; ") }));
}
