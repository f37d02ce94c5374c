/**
 * Whether a path fits a list of patterns: `*` stands for anything within one folder, `**` for
 * anything, none at all included, a leading `!` takes back what an earlier pattern gave.
 */
export function matches(patterns: readonly string[], path: string): boolean {
  let fits = false;
  for (const pattern of patterns) {
    const takesBack = pattern.startsWith("!");
    if (expression(takesBack ? pattern.slice(1) : pattern).test(path)) fits = !takesBack;
  }
  return fits;
}

function expression(pattern: string): RegExp {
  const literal = pattern.replace(/[.+^${}()|[\]\\?]/g, "\\$&");
  const open = literal.replace(/\*\*\/|\*\*|\*/g, (stars) => meanings[stars] ?? "");
  return new RegExp(`^${open}$`);
}

const meanings: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
};
