import { swarmFrom } from "./swarm.ts";

/** Another part of all seeds each minute; SIM_SEED names the first to see a run again. */
const said = Number(process.env["SIM_SEED"]);
swarmFrom(said > 0 ? said : 1_000 + (Math.floor(Date.now() / 60_000) % 4_000_000) * 1_000);
