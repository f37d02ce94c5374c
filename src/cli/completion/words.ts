import type { Command } from "commander";

/** What may follow a verb, read off the command tree. */
export interface VerbWords {
  /** "", "status", "demo cut": the words that lead here. */
  readonly path: string;
  readonly about: string;
  readonly verbs: readonly string[];
  readonly options: readonly OptionWords[];
  /** Words the arguments may be; of each argument in turn, all together. */
  readonly choices: readonly string[];
  /** Whether an argument names a node, so that those that run are offered. */
  readonly takesNode: boolean;
}

export interface OptionWords {
  readonly flags: readonly string[];
  readonly about: string;
  readonly choices: readonly string[];
  readonly takesValue: boolean;
}

export function wordsOf(command: Command, path: readonly string[] = []): VerbWords[] {
  const visible = command.createHelp().visibleCommands(command);
  const own: VerbWords = {
    path: path.join(" "),
    about: command.summary() || command.description(),
    verbs: visible.map((verb) => verb.name()),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({
        flags: [option.short, option.long].filter((flag) => flag !== undefined),
        about: option.description,
        choices: option.argChoices ?? [],
        takesValue: option.required || option.optional,
      })),
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    takesNode: command.registeredArguments.some((argument) => /node|place/.test(argument.name())),
  };
  const below = visible
    .filter((verb) => verb.name() !== "help")
    .flatMap((verb) => wordsOf(verb, [...path, verb.name()]));
  return [own, ...below];
}
