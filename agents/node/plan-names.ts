import { invariant } from "#src/base/assert.ts";
import type { NodeConfig } from "#src/contract/config.ts";

/** Places by name, in the order of the plan. */
export interface Names {
  readonly sources: readonly string[];
  readonly outputs: readonly string[];
  readonly loops: readonly string[];
  readonly drives: readonly string[];
  readonly interlocks: readonly string[];
}

export function namesOf(config: NodeConfig): Names {
  return {
    sources: [...Object.keys(config.inputs), ...Object.keys(config.signals)],
    outputs: Object.keys(config.outputs),
    loops: Object.keys(config.loops),
    drives: Object.keys(config.drives),
    interlocks: Object.keys(config.interlocks),
  };
}

/** The place of a name that the configuration's own checks have found to be there. */
export function placeOf(names: readonly string[], name: string): number {
  const place = names.indexOf(name);
  invariant(place >= 0, "a sound site file names what is there");
  return place;
}
