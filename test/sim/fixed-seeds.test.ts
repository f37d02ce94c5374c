import { swarmFrom } from "./swarm.ts";

swarmFrom(1);
