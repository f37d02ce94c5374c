/** One breach of a convention, ready to be read in a failed test. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly says: string;
}

export const show = (finding: Finding): string =>
  `${finding.path}:${finding.line}: ${finding.says}`;

/** From 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at += 1) if (text[at] === "\n") line += 1;
  return line;
}
