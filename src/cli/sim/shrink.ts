import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { plural } from "../show/config.ts";
import { printable } from "../show/printable.ts";
import { figure } from "../show/text.ts";
import { askedOf, quoted, type SimOptions } from "./asked.ts";
import { planVersion } from "./plan-file.ts";
import type { ShrinkTry, Shrunken } from "./power.ts";
import { progressOf } from "./progress.ts";
import { simTime, violationLine } from "./story-line.ts";
import { write } from "./write.ts";

export interface ShrinkOptions extends SimOptions, JsonOption {
  readonly output: string;
  readonly tries: number;
}

/** Fewest faults, nodes and time with which a seed still breaks the law that it breaks. */
export async function simShrink(
  shell: Shell,
  seed: number,
  options: ShrinkOptions,
): Promise<number> {
  const { terminal } = shell;
  const failing = "nothing was shrunk";
  const simulation = await shell.powers.simulation();
  const asked = await askedOf(shell, simulation, options);
  if ("code" in asked) return terminal.fail(failing, asked);
  const { base } = asked;
  const progress = progressOf(shell, `seed ${seed}`, base.hours * 3_600_000);
  const talk = talkOf(shell, options);
  const onTry = (tried: ShrinkTry): void => {
    progress.end();
    talk(tried);
  };
  const least = simulation.shrink({ ...base, seed, ...progress }, { tries: options.tries, onTry });
  progress.end();
  if (least === undefined) {
    if (options.json) terminal.printJson({ seed, fails: false });
    else terminal.print(`seed ${seed} breaks no law: there is nothing to shrink`);
    return exit.ok;
  }
  const sites = options.site ?? asked.plan?.sites;
  const head = {
    seed,
    regions: base.regions,
    ...(sites === undefined ? {} : { sites }),
    ...(base.asWritten === base.sites.length > 0 ? {} : { asWritten: base.asWritten }),
    ...(base.people ? {} : { people: false }),
  };
  const unwritable = write(options.output, planText(head, least));
  if (unwritable !== undefined) return terminal.fail("the plan was not written", unwritable);
  const replay = `holdfast sim replay ${seed} --plan ${quoted(options.output)}`;
  if (options.json) terminal.printJson({ seed, fails: true, ...least, output: options.output });
  else terminal.print(reportOf(shell, least, options.output, replay));
  return exit.ok;
}

/** One line for each try that failed, for it is the least so far. */
function talkOf({ terminal }: Shell, { json }: JsonOption): (tried: ShrinkTry) => void {
  return ({ tried, failed, ...size }) => {
    if (failed && !json)
      terminal.talk(`try ${String(tried).padStart(4)}  still fails with ${sizeText(size)}`);
  };
}

const sizeText = (size: Omit<ShrinkTry, "tried" | "failed">): string =>
  `${plural(size.faults, "fault")}, ${plural(size.nodes, "node")}, ${figure(size.hours)} h`;

/** One fault a line: people will edit it. */
function planText(
  about: Readonly<Record<string, unknown>>,
  { faults, nodes, hours, broken }: Shrunken,
): string {
  const head = { v: planVersion, ...about, nodes, hours, law: broken.law };
  const keys = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  );
  const lines = faults.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
  return `{\n${keys.join("")}  "faults": [${lines === "" ? "" : `\n${lines}\n  `}]\n}\n`;
}

function reportOf({ terminal }: Shell, least: Shrunken, output: string, replay: string): string[] {
  const scene = terminal.scene();
  const { faults, nodes, hours, tried, done, broken } = least;
  const size = sizeText({ faults: faults.length, nodes, hours });
  const rest = done ? "" : "; the tries ran out, --tries allows more";
  return [
    `least after ${plural(tried, "try").replace("trys", "tries")}: ${size}${rest}`,
    ...faults.slice(0, mostShown).map((one) => faultLine(one)),
    ...(faults.length > mostShown ? [`  and ${faults.length - mostShown} more`] : []),
    scene.paint("bad", violationLine(broken, scene)),
    `  plan      ${output}`,
    `  replay    ${replay}`,
  ];
}

const mostShown = 20;

function faultLine({ kind, at, until, ...more }: Shrunken["faults"][number]): string {
  const rest = Object.entries(more).map(
    ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  return printable([`${simTime(at)}  to${simTime(until)}  ${kind}`, ...rest].join(", "));
}
