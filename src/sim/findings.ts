import type { Law, Violation } from "#src/contract/simulation.ts";
import { Marks } from "./marks.ts";
import type { World } from "./world.ts";

/** So many violations are kept; all are counted. */
const kept = 200;

/** What witnesses found wrong in one world. A witness knows only what it saw happen at the borders of a node. */
export class Findings {
  readonly world: World;
  readonly marks = new Marks();
  readonly violations: Violation[] = [];
  /** Told of each, as it is found. */
  readonly #onFound: ((violation: Violation) => void) | undefined;
  #count = 0;

  constructor(world: World, onFound?: (violation: Violation) => void) {
    this.world = world;
    this.#onFound = onFound;
  }

  get count(): number {
    return this.#count;
  }

  report(law: Law, who: string, what: string): void {
    const violation = { at: this.world.now as number, law, who, what };
    this.#count += 1;
    if (this.violations.length < kept) this.violations.push(violation);
    this.world.note(this.#count, 0x1a3);
    this.#onFound?.(violation);
  }
}

/** What was found in several worlds, by its moment. */
export interface Found {
  readonly count: number;
  readonly violations: readonly Violation[];
  readonly marks: Readonly<Record<string, number>>;
}

export function foundIn(worlds: readonly Findings[]): Found {
  const marks: Record<string, number> = {};
  for (const { marks: of } of worlds) {
    for (const [name, count] of Object.entries(of.all)) marks[name] = (marks[name] ?? 0) + count;
  }
  return {
    count: worlds.reduce((sum, { count }) => sum + count, 0),
    violations: worlds
      .flatMap(({ violations }) => violations)
      .sort((one, other) => one.at - other.at)
      .slice(0, kept),
    marks,
  };
}
