import { expect, test } from "vitest";
import { fixedSeeds, fleet, freshSeeds } from "./size.ts";
import { agentHours, swarm } from "./swarm.ts";

test("fixed and fresh seeds together are 20,000 hours of agents", () => {
  expect(agentHours(fixedSeeds + freshSeeds, fleet)).toBeGreaterThanOrEqual(20_000);
});

swarm(1, fixedSeeds, fleet);
