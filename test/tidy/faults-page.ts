import { type CodeEntry, codeEntries } from "#src/cli/code-entries.ts";

/** docs/faults.md: the catalogue as people look things up in it, by code. */
export function faultsPage(entries: readonly CodeEntry[] = codeEntries()): string {
  return `${preface}\n${entries.map(section).join("\n")}`;
}

const preface = `# Faults

Everything that the world can do to holdfast has a code, and a code keeps its meaning for ever. It
stands in the log, in \`holdfast status\` and at the beginning of every error on the command line;
\`holdfast explain CODE\` prints its entry. What is in italics here is evidence, filled in when it happens.

This page is made from the catalogue by \`npm run docs\`.
`;

const section = ({ code, says, then, next }: CodeEntry): string => `## ${code}

${sentence(says)}

- What holdfast does: ${sentence(then)}
- What you can do: ${sentence(next)}
`;

/** As people write a sentence, with the evidence in italics. */
function sentence(text: string): string {
  const marked = text.replace(/<(\w+)>/g, "*$1*").replace(/\.$/, "");
  return `${marked.slice(0, 1).toUpperCase()}${marked.slice(1)}.`;
}
