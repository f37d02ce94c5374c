import type { Problem } from "#src/contract/config-problem.ts";
import { exit } from "../exit.ts";
import { findConfig } from "../find-config.ts";
import type { Tone } from "../paint.ts";
import { type Part, renderProblem } from "../render-problem.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { describeConfig } from "../show/config.ts";

interface Options extends JsonOption {
  readonly config?: string;
  readonly check?: true;
}

/** Runs the role that the configuration names, or only says whether and what it would run. */
export async function run(shell: Shell, options: Options): Promise<number> {
  const { powers, terminal } = shell;
  const found = await findConfig(powers, options.config);
  const checking = options.check === true;
  if (found.kind === "absent") {
    if (checking && options.json)
      terminal.printJson({ ok: false, problems: [], fault: found.fault });
    return terminal.fail("nothing to run", found.fault);
  }
  const { path } = found;
  if (found.kind === "refused") {
    const { problems } = found;
    if (checking && options.json) terminal.printJson({ ok: false, path, problems });
    sayProblems(shell, problems);
    return terminal.fail(checking ? "this would not run" : "nothing was started", found.fault);
  }
  const { config, warnings } = found;
  sayProblems(shell, warnings);
  if (!checking) return powers.runRole(config, { env: powers.env });
  const wouldRun = describeConfig(config);
  if (options.json) terminal.printJson({ ok: true, path, problems: [], warnings, wouldRun });
  else terminal.print(`${terminal.scene().paint("good", "ok")} ${path} would run ${wouldRun}`);
  return exit.ok;
}

export function sayProblems({ terminal }: Shell, problems: readonly Problem[]): void {
  for (const problem of problems) {
    terminal.talk(renderProblem(problem, (part, text) => terminal.talkPaint(tones[part], text)));
  }
}

const tones: Readonly<Record<Part, Tone>> = {
  place: "strong",
  error: "bad",
  warning: "warn",
  caret: "bad",
  fix: "good",
};
