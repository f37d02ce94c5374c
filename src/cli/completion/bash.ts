import type { VerbWords } from "./words.ts";

/** A completion script that needs nothing but bash 4: no bash-completion, no network. */
export function bashScript(words: readonly VerbWords[]): string {
  const cases = words.flatMap((verb) => [
    `    ${quoted(verb.path)})`,
    `      words=${quoted([...verb.verbs, ...verb.choices, ...flagsOf(verb)].join(" "))}`,
    ...(verb.takesNode ? [`      nodes=1`] : []),
    `      ;;`,
  ]);
  const values = words.flatMap((verb) =>
    verb.options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => {
        const patterns = flags.map((flag) => quoted(`${verb.path}:${flag}`)).join("|");
        return `    ${patterns}) COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$cur")); return ;;`;
      }),
  );
  const paths = words.map(({ path }) => path).filter((path) => path !== "");
  return [
    "# holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast",
    "_holdfast() {",
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local path="" word next words="" nodes=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    next="${path:+$path }$word"',
    '    case "$next" in',
    `      ${paths.map(quoted).join("|")}) path="$next" ;;`,
    "    esac",
    "  done",
    '  case "$path:$prev" in',
    ...values,
    "  esac",
    '  case "$path" in',
    ...cases,
    "  esac",
    '  if [ -n "$nodes" ]; then words="$words $("${COMP_WORDS[0]}" names 2>/dev/null)"; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o default -F _holdfast holdfast",
  ].join("\n");
}

const flagsOf = (verb: VerbWords): string[] => verb.options.flatMap(({ flags }) => flags);

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
