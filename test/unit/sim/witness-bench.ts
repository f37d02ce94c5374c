import { rngOf } from "#src/base/rng.ts";
import { millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { Findings } from "#src/sim/findings.ts";
import { later } from "#src/sim/moment.ts";
import { World } from "#src/sim/world.ts";
import { coolRoom } from "./site.ts";

/** A world in which nothing happens but what a test says of it. */
export class WitnessBench {
  readonly world = new World(rngOf(1).below(100));
  readonly findings = new Findings(this.world);

  pass(length: number): void {
    this.world.run(later(this.world.now, millis(length)));
  }

  /** The laws that were found broken since the last time. */
  broken(): readonly string[] {
    return this.findings.violations.splice(0).map(({ law, what }) => `${law}: ${what}`);
  }
}

export const coldRoom: NodeConfig = coolRoom(
  { autonomy: { budget: "10m" } },
  { safeSetpoint: "6 degC" },
);
