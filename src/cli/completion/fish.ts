import type { OptionWords, VerbWords } from "./words.ts";

/** A completion script for fish: one line a word, with its meaning. */
export function fishScript(words: readonly VerbWords[]): string {
  const about = new Map(words.map((verb) => [verb.path, verb.about]));
  const lines = words.flatMap((verb) => {
    const when = `complete -c holdfast -n ${quoted(condition(verb))}`;
    return [
      ...verb.verbs.map((name) => {
        const text = about.get(verb.path === "" ? name : `${verb.path} ${name}`) ?? "Help";
        return `${when} -f -a ${quoted(name)} -d ${quoted(text)}`;
      }),
      ...(verb.choices.length > 0 ? [`${when} -f -a ${quoted(verb.choices.join(" "))}`] : []),
      ...(verb.takesNode ? [`${when} -f -a '(holdfast names 2>/dev/null)'`] : []),
      ...verb.options.map((option) => `${when} ${optionWords(option)}`),
    ];
  });
  return ["# holdfast completion fish > ~/.config/fish/completions/holdfast.fish", ...lines].join(
    "\n",
  );
}

const condition = ({ path }: VerbWords): string =>
  path === ""
    ? "__fish_use_subcommand"
    : path
        .split(" ")
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join("; and ");

function optionWords({ flags, about, choices, takesValue }: OptionWords): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const value =
    choices.length > 0 ? [`-x -a ${quoted(choices.join(" "))}`] : takesValue ? ["-r"] : [];
  return [...names, ...value, `-d ${quoted(about)}`].join(" ");
}

const quoted = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
