/**
 * What can be wrong with a configuration. A code never changes its meaning; scripts and runbooks
 * rely on it. An error keeps a process from starting, a warning does not.
 */
export const configCodes = {
  CONFIG_UNREADABLE: error("The file cannot be opened, is too large, or is not UTF-8 text."),
  CONFIG_SYNTAX: error("The text is not YAML, or uses more of YAML than a configuration needs."),
  CONFIG_DUPLICATE_KEY: error("A key is said twice in one map; only one of them could count."),
  CONFIG_UNKNOWN_KEY: error("There is no such key at this place."),
  CONFIG_MISSING: error("A key without a default is not there, or has no value."),
  CONFIG_TYPE: error("A value is of the wrong kind, such as text for a number."),
  CONFIG_BOUNDS: error("A value is outside of what this place allows."),
  CONFIG_UNIT: error("A value is in another unit than the signal it is compared with."),
  CONFIG_REFERENCE: error("A name points at something that is not there, or cannot serve here."),
  CONFIG_OVERLAP: error("Two signals claim the same register."),
  CONFIG_CONFLICT: error("Two things are said that exclude each other."),
  CONFIG_ENVIRONMENT: error("An environment variable overrides nothing that exists."),
  CONFIG_OPEN_BROKER: warning(
    "The broker listens beyond this machine and asks nobody who they are.",
  ),
  CONFIG_SLOW_INPUT: warning("A loop decides more often than its input is read."),
  CONFIG_TIGHT_AGE: warning("One late answer of a device makes a value stale."),
  CONFIG_HELD_COIL: warning("A switched output stays on when the program stops."),
  CONFIG_COARSE_OUTPUT: warning("A modulating loop drives a register of very few steps."),
  CONFIG_CHATTER: warning("Nothing keeps an on-off loop from switching at every cycle."),
  CONFIG_SHARED_DEVICE: warning("Two devices are the same one on the wire."),
  CONFIG_STARVED_WATCHDOG: warning("An output is refreshed too seldom for its device's watchdog."),
  CONFIG_FOREGONE: warning("A rule compares an input with what lies beyond its range."),
  CONFIG_OPPOSED: warning("Two outputs of one drive can work against each other."),
  CONFIG_SHORT_CYCLE: warning(
    "A safe state's cycle runs or rests for less than its machine should.",
  ),
  CONFIG_LONG_SCHEDULE: warning("A time of day that ends before it begins lasts nearly a day."),
  CONFIG_VENDOR_ADDRESS: warning("An address looks like the number in a vendor's table."),
} as const satisfies Record<string, CodeMeaning>;

export type ConfigCode = keyof typeof configCodes;

export interface CodeMeaning {
  readonly severity: Severity;
  readonly meaning: string;
}

export type Severity = "error" | "warning";

/** Keys from the top of the file; a number is a place in a list, from 0. */
export type Path = readonly (string | number)[];

/** Something found in a configuration, before it is known on which line that stands. */
export interface Finding {
  readonly code: ConfigCode;
  readonly path: Path;
  /** Whether the key itself is at fault, or what stands behind it. */
  readonly on: "key" | "value";
  /** Reads on from the place: "is missing". */
  readonly message: string;
  /** What to do about it, as an order: "add it". */
  readonly remedy: string;
  /** What was probably meant, ready to be put in its place. */
  readonly suggestion?: string | undefined;
  /** Which characters of the text that stands there are meant; all where not said. */
  readonly part?: Part | undefined;
}

export interface Part {
  readonly from: number;
  readonly length: number;
}

/** A finding with its place, ready for a screen. */
export interface Problem {
  readonly code: ConfigCode;
  readonly severity: Severity;
  /** Path of the file as it was given, or "environment NAME". */
  readonly file: string;
  /** From 1; 0 where the matter is the file as a whole, or an environment variable. */
  readonly line: number;
  /** From 1, in UTF-16 units; 0 with line 0. */
  readonly col: number;
  /** How much of the line is meant; 0 with line 0. */
  readonly length: number;
  /** The line as it stands there, cut where it is very long; passwords in URLs are hidden. */
  readonly sourceLine: string;
  /** Such as loops.cooling.bounds[0]; empty for the file as a whole. */
  readonly at: string;
  readonly message: string;
  readonly remedy: string;
  readonly suggestion?: string | undefined;
}

/** Writes a path as people do: loops.cooling.bounds[0]. */
export function sayPath(path: Path): string {
  let said = "";
  for (const step of path) {
    if (typeof step === "number") said += `[${step}]`;
    else said += said === "" ? step : `.${step}`;
  }
  return said;
}

/** As people wrote it, cut where it is long. */
export const quote = (said: string): string =>
  `"${said.length > 40 ? `${said.slice(0, 40)}…` : said}"`;

/** Rides on an issue of the schema, so that each check names its own code and remedy. */
export interface Because {
  readonly code: ConfigCode;
  readonly remedy: string;
  readonly suggestion?: string | undefined;
  readonly on?: "key" | "value";
  readonly part?: Part | undefined;
}

export const because = (
  code: ConfigCode,
  remedy: string,
  more: Pick<Because, "suggestion" | "on"> = {},
): Because => ({ code, remedy, ...more });

export function warn(
  code: ConfigCode,
  path: Path,
  message: string,
  remedy: string,
  on: Finding["on"] = "value",
): Finding {
  return { code, path, on, message, remedy };
}

/** How a check says what it found. */
export type Report = (path: Path, message: string, why: Because) => void;

function error(meaning: string): CodeMeaning {
  return { severity: "error", meaning };
}

function warning(meaning: string): CodeMeaning {
  return { severity: "warning", meaning };
}
