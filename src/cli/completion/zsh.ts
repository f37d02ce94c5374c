import type { OptionWords, VerbWords } from "./words.ts";

/** A completion script for zsh's own _describe and compadd. */
export function zshScript(words: readonly VerbWords[]): string {
  const about = new Map(words.map((verb) => [verb.path, verb.about]));
  const cases = words.flatMap((verb) => [
    `    ${quoted(verb.path)})`,
    ...described(
      "verbs",
      verb.verbs.map((name) => [name, about.get(joined(verb.path, name)) ?? "help"]),
    ),
    ...described("options", verb.options.flatMap(flagEntries)),
    ...(verb.choices.length > 0 ? [`      compadd -- ${verb.choices.map(quoted).join(" ")}`] : []),
    ...(verb.takesNode
      ? [`      compadd -- \${(f)"$(_call_program nodes \${words[1]} names 2>/dev/null)"}`]
      : []),
    "      ;;",
  ]);
  const values = words.flatMap((verb) =>
    verb.options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => {
        const patterns = flags.map((flag) => quoted(`${verb.path}:${flag}`)).join("|");
        return `    ${patterns}) compadd -- ${choices.map(quoted).join(" ")}; return ;;`;
      }),
  );
  const paths = words.map(({ path }) => path).filter((path) => path !== "");
  return [
    "#compdef holdfast",
    "# holdfast completion zsh > a folder of your $fpath, as _holdfast",
    "_holdfast() {",
    '  local path_so_far="" word next',
    '  for word in "${words[@]:1:$((CURRENT-2))}"; do',
    '    next="${path_so_far:+$path_so_far }$word"',
    '    case "$next" in',
    `      ${paths.map((path) => quoted(path)).join("|")}) path_so_far="$next" ;;`,
    "    esac",
    "  done",
    '  case "$path_so_far:${words[CURRENT-1]}" in',
    ...values,
    "  esac",
    '  case "$path_so_far" in',
    ...cases,
    "  esac",
    "  _files",
    "}",
    'if [ "$funcstack[1]" = "_holdfast" ]; then _holdfast "$@"; else compdef _holdfast holdfast; fi',
  ].join("\n");
}

function described(what: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  const list = entries.map(([name, about]) => quoted(`${name.replaceAll(":", "\\:")}:${about}`));
  return [`      local -a ${what}; ${what}=(${list.join(" ")}); _describe ${what} ${what}`];
}

const flagEntries = ({ flags, about }: OptionWords): (readonly [string, string])[] =>
  flags.map((flag) => [flag, about] as const);

const joined = (path: string, name: string): string => (path === "" ? name : `${path} ${name}`);

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
