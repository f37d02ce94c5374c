import type { NodeConfig } from "#src/contract/config.ts";
import type { DriveSaid } from "#src/contract/config-signals.ts";
import { boundsOf } from "#src/contract/output-bounds.ts";
import type { SplitPart } from "#src/core/control/split-range.ts";
import type { Staging } from "#src/core/control/staging.ts";
import { type Names, placeOf } from "./plan-names.ts";

/** One demand of 0 … 1 for several outputs. */
export type DrivePlan =
  | {
      readonly kind: "split-range";
      readonly name: string;
      readonly outputs: readonly number[];
      readonly parts: readonly SplitPart[];
    }
  | {
      readonly kind: "staging";
      readonly name: string;
      readonly outputs: readonly number[];
      /** Of each machine: the source that is not 0 while it cannot run. */
      readonly unavailable: readonly (number | undefined)[];
      readonly staging: Staging;
    };

export function planDrives(config: NodeConfig, names: Names): readonly DrivePlan[] {
  return Object.entries(config.drives).map(([name, drive]): DrivePlan => {
    const outputs = placesOf(drive).map((output) => placeOf(names.outputs, output));
    if (drive.kind === "split-range") {
      const parts = drive.to.map(({ output, from, to, low, high }) => {
        const [least, most] = boundsOf(config.outputs[output] as never);
        return { from, to, low: low?.value ?? least, high: high?.value ?? most };
      });
      return { kind: "split-range", name, outputs, parts };
    }
    const { machines, most = machines.length, rotate, upDelay, downDelay } = drive;
    return {
      kind: "staging",
      name,
      outputs,
      unavailable: machines.map(({ unavailable }) =>
        unavailable === undefined ? undefined : placeOf(names.sources, unavailable),
      ),
      staging: { most, rotate, upDelay, downDelay } as never,
    };
  });
}

/** Names of a drive's outputs, in its order. */
export const placesOf = (drive: DriveSaid): readonly string[] =>
  (drive.kind === "split-range" ? drive.to : drive.machines).map(({ output }) => output);
