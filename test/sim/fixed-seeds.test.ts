import { fixedSeeds, fleet } from "./size.ts";
import { swarm } from "./swarm.ts";

swarm(1, fixedSeeds, fleet);
