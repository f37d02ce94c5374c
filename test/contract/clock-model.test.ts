import { millis, seconds, wallTime } from "#src/base/units.ts";
import { later } from "#src/sim/moment.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { World } from "#src/sim/world.ts";
import { clockContract } from "./clock.contract.ts";

for (const [name, drift] of [
  ["modelled", 0],
  ["modelled (fast)", 317],
  ["modelled (slow)", -20_000],
] as const) {
  clockContract(name, () => {
    const world = new World(1);
    const machine = new SimMachine(world, wallTime(0), seconds(10));
    machine.drift(drift);
    const clock = machine.spawn();
    return {
      clock,
      pass: async (length) => {
        const end = clock.now() + length;
        while (clock.now() < end) world.run(later(world.now, millis(1)));
      },
    };
  });
}
