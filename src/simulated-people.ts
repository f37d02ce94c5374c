import { millis, seconds } from "#src/base/units.ts";
import type { StoryLine } from "#src/contract/simulation.ts";
import type { PersonAsked } from "#src/sim/check-setpoints.ts";
import { tailOf } from "#src/sim/delay.ts";
import { later, type Moment } from "#src/sim/moment.ts";
import type { FleetRegion, SimulatedFleet } from "./simulated-fleet.ts";

/** One request a minute at each region, in the mean. */
const pause = seconds(60);
const longest = 120;

/**
 * People at the regions ask for setpoints from time to time: some for long, some not, and a few that
 * no loop may follow.
 */
export function letPeopleAsk(
  fleet: SimulatedFleet,
  span: { readonly from: Moment; readonly until: Moment },
  onStory?: (line: StoryLine) => void,
): void {
  for (const region of fleet.regions) {
    const { world, nodes } = region;
    const rng = world.rng.fork(`people of ${region.name}`);
    const next = (after: Moment, count: number): void => {
      const at = later(after, millis(1_000 + tailOf(rng.below(2 ** 32), pause)));
      if (at >= span.until || nodes.length === 0) return;
      world.schedule(at, () => {
        const node = nodes[rng.below(nodes.length)] as (typeof nodes)[number];
        const rule = node.loops[rng.below(Math.max(1, node.loops.length))];
        const share = rng.below(81) / 64 - 1 / 8;
        const length = millis(1_000 * (2 + rng.below(longest)));
        if (rule !== undefined) {
          const value = rule.min + share * (rule.max - rule.min);
          const isWithin = value >= rule.min && value <= rule.max;
          const asked = { node: node.node, loop: rule.name, value, isWithin };
          const owner = `person-${count}`;
          ask(region, { ...asked, owner, from: at, until: at + length }, onStory);
        }
        next(at, count + 1);
      });
    };
    next(span.from, 0);
  }
}

function ask(
  { name, controller, watch }: FleetRegion,
  asked: PersonAsked,
  onStory?: (line: StoryLine) => void,
): void {
  if (controller.process?.alive !== true) return;
  const { node, loop, value, owner, from, until } = asked;
  const ended = watch.asks(asked);
  onStory?.({
    at: from,
    kind: "set",
    who: `${name}/${node}`,
    what: `${loop} to ${value} for ${(until - from) / 1_000} s, by ${owner}`,
  });
  const request = { node, loop, value, for: millis(until - from), owner, reason: "of a story" };
  controller.process.take(() => {
    controller.shell?.set(request, (outcome) => {
      if (typeof outcome !== "string") ended(outcome.refused === undefined);
    });
  }, undefined);
}
