import { type Command, CommanderError } from "commander";
import { fault } from "#src/base/fault.ts";
import { suggest } from "#src/contract/suggest.ts";
import { exit } from "./exit.ts";
import type { Powers } from "./powers.ts";
import type { Shell } from "./shell.ts";
import { faultOf, openTerminal } from "./terminal.ts";
import { commandTree } from "./tree.ts";

/**
 * Runs one command to its end and gives its exit code. It neither ends the process nor throws for
 * anything but a defect of ours.
 */
export async function runCli(args: readonly string[], powers: Powers): Promise<number> {
  const terminal = openTerminal(powers, { colour: !args.includes("--no-color") });
  const shell: Shell = { powers, terminal };
  let code: number = exit.ok;
  const done = (given: number): void => {
    code = given;
  };
  const root = commandTree(shell, done, (command) => prepare(command, shell));
  if (args.filter((arg) => arg !== "--no-color").length === 0) {
    root.outputHelp({ error: true });
    return terminal.fail("no verb was given", fault("USAGE", { why: "one says what to do" }));
  }
  try {
    await root.parseAsync(args.map(asValue), { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return misuse(
        shell,
        error,
        root.commands.find((verb) => verb.name() === args[0]),
      );
    }
    const met = faultOf(error);
    if (met === undefined) throw error;
    return terminal.fail(`holdfast ${args[0]} could not be done`, met);
  }
}

/** No option begins with a digit: -18 degC is a value. A blank before it keeps it from being read as one. */
const asValue = (arg: string): string => (/^-\.?\d/.test(arg) ? ` ${arg}` : arg);

/** Help and version go to standard output; complaints are ours to say. */
function prepare(root: Command, { powers }: Shell): void {
  root
    .exitOverride()
    .configureOutput({
      writeOut: (text) => powers.out.write(text),
      writeErr: (text) => powers.err.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => powers.out.columns || 100,
      getOutHasColors: () => false,
    })
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .showSuggestionAfterError(true);
}

function misuse({ terminal }: Shell, error: CommanderError, verb: Command | undefined): number {
  if (error.exitCode === 0) return exit.ok;
  const [first = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const hint = more.join(" ").replace(/^\((.*)\)$/, "$1");
  const said = hint === "" ? first : `${first}: ${lowered(hint)}`;
  const why = verbBelowWanted(error, verb) ?? misspeltBelow(error, verb) ?? said;
  return terminal.fail("the command was not understood", fault("USAGE", { why }));
}

/** Without a verb below it, a verb that has others shows its help. */
function verbBelowWanted(error: CommanderError, verb: Command | undefined): string | undefined {
  if (error.code !== "commander.help" || verb === undefined) return undefined;
  return `holdfast ${verb.name()} wants one of ${verb.commands.map((below) => below.name()).join(", ")}`;
}

/** A verb that does something by itself takes a misspelt verb below it for an argument too many. */
function misspeltBelow(error: CommanderError, verb: Command | undefined): string | undefined {
  if (error.code !== "commander.excessArguments" || verb === undefined) return undefined;
  const names = verb.commands.map((below) => below.name());
  const word = verb.args[0];
  if (names.length === 0 || word === undefined) return undefined;
  const near = suggest(word, names);
  const hint = near === undefined ? `there is ${names.join(", ")}` : `did you mean ${near}?`;
  return `unknown command '${word}': ${hint}`;
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
