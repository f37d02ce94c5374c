import { type FaultCode, type FaultParams, faults, type Then } from "#src/base/fault.ts";
import { configCodes } from "#src/contract/config-problem.ts";

/** One code of the catalogues, as a manual would have it. */
export interface CodeEntry {
  readonly code: string;
  /** Its sentence, with <names> where the evidence stands. */
  readonly says: string;
  readonly then: string;
  readonly next: string;
}

export function codeEntries(): readonly CodeEntry[] {
  const met = (Object.keys(faults) as FaultCode[]).map(faultEntry);
  const found = Object.entries(configCodes).map(([code, { severity, meaning }]) => ({
    code,
    says: meaning,
    then: severity === "error" ? consequences.stop : "it starts all the same",
    next: "holdfast run --check shows the place and the remedy; the keys are in docs/configuration.md",
  }));
  return [...met, ...found].sort((one, other) => (one.code < other.code ? -1 : 1));
}

function faultEntry(code: FaultCode): CodeEntry {
  const { text, remedy, then } = faults[code];
  // Evidence is put in by name: whatever a sentence asks for, it gets its name in brackets.
  const blank = new Proxy({}, { get: (_, name) => `<${String(name)}>` });
  const says = (text as (p: unknown) => string)(blank as FaultParams<FaultCode>);
  return { code, says, then: consequences[then], next: remedy };
}

const consequences: Readonly<Record<Then, string>> = {
  retry: "it is tried again after a pause, by itself",
  refuse: "this one thing is not done; what works goes on",
  "fall-back": "a declared safe behaviour takes over",
  stop: "the process cannot do its job and ends",
  unsure: "it is not known whether this one thing was done; what works goes on",
};
