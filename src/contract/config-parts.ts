import type { z } from "zod";
import type {
  DeviceSaid,
  InputSaid,
  LoopSaid,
  OutputSaid,
  SimulatedSaid,
} from "./config-points.ts";
import type { InterlockSaid } from "./config-safety.ts";
import type { DriveSaid, SignalSaid } from "./config-signals.ts";

/**
 * What is sound of a node's configuration, so that what one part promises about another is checked
 * although a third one was refused.
 */
export interface Parts {
  readonly devices: Part<DeviceSaid>;
  readonly inputs: Part<InputSaid>;
  readonly outputs: Part<OutputSaid>;
  readonly signals: Part<SignalSaid>;
  readonly loops: Part<LoopSaid>;
  readonly drives: Part<DriveSaid>;
  readonly interlocks: Part<InterlockSaid>;
  readonly simulation: Part<SimulatedSaid>;
}

/** Maps, not records: a device may be called "constructor", and none must be found by accident. */
export interface Part<T> {
  /** Entries without those of their keys that were refused. */
  readonly sound: ReadonlyMap<string, Partial<T>>;
  /** The keys of entries that were said and refused. */
  readonly refused: ReadonlyMap<string, ReadonlySet<string>>;
  /** All names, also of refused entries; undefined when the part as a whole was refused. */
  readonly names: ReadonlySet<string> | undefined;
}

/** Parts that a site may go without. */
const mayLack: ReadonlySet<string> = new Set(["signals", "drives", "interlocks", "simulation"]);

type Issues = readonly Pick<z.core.$ZodRawIssue, "code" | "path">[];

export function soundParts(said: Readonly<Record<string, unknown>>, issues: Issues): Parts {
  const part = <T>(name: string) => soundPart<T>(name, said[name], issues);
  return {
    devices: part("devices"),
    inputs: part("inputs"),
    outputs: part("outputs"),
    signals: part("signals"),
    loops: part("loops"),
    drives: part("drives"),
    interlocks: part("interlocks"),
    simulation: part("simulation"),
  };
}

function soundPart<T>(part: string, said: unknown, issues: Issues): Part<T> {
  const nothing: Part<T> = { sound: new Map(), refused: new Map(), names: undefined };
  const whole = new Set<string>();
  const refused = new Map<string, Set<string>>();
  for (const { code, path = [] } of issues) {
    const [list, name, key] = path.map(String);
    // A key too many spoils nothing that is next to it.
    if (list !== part || code === "unrecognized_keys") continue;
    if (name === undefined) return nothing;
    // Without its kind nothing else of an entry was read.
    if (key === undefined || key === "kind" || key === "driver") whole.add(name);
    else refused.set(name, (refused.get(name) ?? new Set()).add(key));
  }
  if (said === undefined && !mayLack.has(part)) return nothing;
  const all = Object.entries((said ?? {}) as Readonly<Record<string, T>>);
  return {
    sound: new Map(
      all
        .filter(([name]) => !whole.has(name))
        .map(([name, entry]) => [name, without(entry, refused.get(name) ?? new Set())]),
    ),
    refused,
    names: new Set([...all.map(([name]) => name), ...whole]),
  };
}

function without<T>(entry: T, keys: ReadonlySet<string>): Partial<T> {
  const kept = Object.entries(entry as object).filter(([key]) => !keys.has(key));
  return Object.fromEntries(kept) as Partial<T>;
}
