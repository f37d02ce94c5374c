import type { Rng } from "#src/base/rng.ts";
import { millis, seconds } from "#src/base/units.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import type { ControlInput } from "#src/core/control-io.ts";
import type { OutputRule } from "#src/sim/check-registers.ts";
import { tailOf } from "#src/sim/delay.ts";
import { later, type Moment } from "#src/sim/moment.ts";
import type { World } from "#src/sim/world.ts";
import type { SimulatedFleet } from "./simulated-fleet.ts";
import type { SimulatedNode } from "./simulated-node.ts";

/** One visit in two minutes at each region, in the mean. */
const pause = seconds(120);
const longestHand = 180;
const longestKill = 400;
/** A node that does not run now is tried again. */
const again = seconds(20);

/**
 * People at the nodes take outputs in hand, some to where they may not go, take some out of service and put
 * them back, and reset interlocks, whether it is time to or not.
 */
export function letTechniciansAct(
  fleet: SimulatedFleet,
  span: { readonly from: Moment; readonly until: Moment },
  onStory?: (line: StoryLine) => void,
): void {
  for (const { name, world, nodes } of fleet.regions) {
    const rng = world.rng.fork(`technicians of ${name}`);
    const next = (after: Moment, count: number): void => {
      const at = later(after, millis(1_000 + tailOf(rng.below(2 ** 32), pause)));
      if (at >= span.until || nodes.length === 0) return;
      world.schedule(at, () => {
        const node = nodes[rng.below(nodes.length)] as SimulatedNode;
        new Visit(world, node, count, onStory).act(rng);
        next(at, count + 1);
      });
    };
    next(span.from, 0);
  }
}

class Visit {
  readonly #world: World;
  readonly #node: SimulatedNode;
  readonly #id: string;
  readonly #person: { readonly owner: string; readonly reason: string };
  readonly #onStory: ((line: StoryLine) => void) | undefined;

  constructor(
    world: World,
    node: SimulatedNode,
    count: number,
    onStory: ((line: StoryLine) => void) | undefined,
  ) {
    this.#world = world;
    this.#node = node;
    this.#id = `local-${count}`;
    this.#person = { owner: `technician-${count}`, reason: "of a story" };
    this.#onStory = onStory;
  }

  act(rng: Rng): void {
    const { outputs, latching } = this.#node;
    const rule = outputs[rng.below(Math.max(1, outputs.length))];
    const interlock = latching[rng.below(Math.max(1, latching.length))];
    const what = rng.below(8);
    const share = rng.below(81) / 64 - 1 / 8;
    const length = 1 + rng.below(what < 4 ? longestHand : longestKill);
    const isAll = rng.chance(1, 4);
    if (rule === undefined) return;
    if (this.#node.disk.state !== "sound" && rng.chance(1, 2)) {
      this.#restart();
    } else if (what < 4) {
      const value = rule.min + shareOf(rule, share) * (rule.max - rule.min);
      const order = {
        kind: "force",
        output: rule.name,
        value,
        for: millis(1_000 * length),
      } as const;
      this.#order(order, `${rule.name} by hand to ${value} for ${length} s`);
    } else if (what < 6) {
      this.#kill(isAll ? undefined : rule.name, length);
    } else if (interlock !== undefined) {
      this.#order({ kind: "reset", interlock }, `${interlock} reset`);
    }
  }

  #restart(): void {
    if (this.#node.process?.alive !== true) return;
    this.#tell("started anew");
    this.#node.kill();
  }

  #kill(output: string | undefined, length: number): void {
    const wall = this.#node.machine.wall();
    const what = output ?? "all of it";
    if (!this.#order({ kind: "kill", output, wall }, `${what} killed`)) return;
    const release = (): void => {
      if (this.#order({ kind: "revive", output, wall }, `${what} released`)) return;
      this.#world.scheduleIn(again, release);
    };
    this.#world.scheduleIn(seconds(length), release);
  }

  #order(order: Ordered, what: string): boolean {
    const isThere = this.#node.order({ ...order, id: this.#id, ...this.#person } as ControlInput);
    if (isThere) this.#tell(what);
    return isThere;
  }

  #tell(what: string): void {
    const { region, node } = this.#node;
    this.#onStory?.({ at: this.#world.now, kind: "set", who: `${region}/${node}`, what });
  }
}

/** A machine that has to rest runs or stands: nobody lets it go at half. */
const shareOf = ({ minOff }: OutputRule, share: number): number =>
  minOff > 0 && share >= 0 && share <= 1 ? Math.round(share) : share;

/** An order without who, why and its id. */
type Ordered = Without<Extract<ControlInput, { kind: "force" | "kill" | "revive" | "reset" }>>;
type Without<One> = One extends unknown ? Omit<One, "id" | "owner" | "reason"> : never;
