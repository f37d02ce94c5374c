import { faults, type Then } from "#src/base/fault.ts";

/** docs/faults.md, out of the catalogue itself. */
const meaning: Readonly<Record<Then, string>> = {
  retry: "tried again by itself",
  refuse: "this one thing is not done, the rest goes on",
  "fall-back": "a declared safe behaviour takes over",
  stop: "the command or process ends with an exit code",
  unsure: "it is not known whether this one thing was done, the rest goes on",
};

/** Stands for every parameter of a sentence: its own name in angle brackets. */
const placeholders = new Proxy({}, { get: (_, name) => `‹${String(name)}›` });

export function renderFaults(): string {
  const rows = Object.entries(faults)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { then, text, remedy }]) => {
      const sentence = (text as (p: unknown) => string)(placeholders);
      return `## ${code}\n\n> ${sentence}\n\n${capital(meaning[then])}. **What to do:** ${remedy}.\n`;
    });
  return `# Faults

What the world may do to holdfast, each with a code that keeps its meaning. \`holdfast explain CODE\`
prints an entry without a network. Generated from \`src/base/fault.ts\` by \`npm run docs\`.

${rows.join("\n")}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
