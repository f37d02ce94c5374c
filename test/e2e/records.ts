import Sqlite from "better-sqlite3";
import { modes } from "#src/contract/messages.ts";

/** What the region's database says of a node, read with statements of the tests' own. */
export interface Records {
  readonly rows: number;
  /** Rows that say a number of a boot again. */
  readonly duplicates: number;
  /** Numbers between the first and the last of a boot that are not there. */
  readonly holes: number;
  readonly boots: number;
  /** The modes in their order, without repeats. */
  readonly modes: readonly string[];
  /** The longest time between two records of the mode, in milliseconds of the node's clock. */
  readonly longestGap: number;
}

export function recordsOf(regionDb: string, node: string): Records {
  const database = new Sqlite(regionDb, { readonly: true, fileMustExist: true });
  try {
    const rows = database
      .prepare<[string], Row>(
        "SELECT boot, seq, at_ms, series, value FROM sample WHERE node = ? ORDER BY boot, seq",
      )
      .all(node);
    const keys = new Set(rows.map(({ boot, seq }) => `${boot}/${seq}`));
    const boots = new Map<number, number>();
    for (const { boot, seq } of rows) boots.set(boot, Math.max(seq, boots.get(boot) ?? 0));
    const given = [...boots.values()].reduce((sum, last) => sum + last, 0);
    const ofMode = rows.filter(({ series }) => series === "mode");
    return {
      rows: rows.length,
      duplicates: rows.length - keys.size,
      holes: given - keys.size,
      boots: boots.size,
      modes: withoutRepeats(ofMode.map(({ value }) => modes[value ?? -1] ?? "none")),
      longestGap: ofMode.reduce(
        (most, { at_ms }, index) => Math.max(most, at_ms - (ofMode[index - 1]?.at_ms ?? at_ms)),
        0,
      ),
    };
  } finally {
    database.close();
  }
}

interface Row {
  readonly boot: number;
  readonly seq: number;
  readonly at_ms: number;
  readonly series: string;
  readonly value: number | null;
}

const withoutRepeats = (all: readonly string[]): readonly string[] =>
  all.filter((one, index) => one !== all[index - 1]);
