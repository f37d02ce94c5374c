import { millis, seconds, wallTime } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { devicesPlan } from "#src/sim/devices-plan.ts";
import { later } from "#src/sim/moment.ts";
import { type Field, SimDevices } from "#src/sim/sim-devices.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { World } from "#src/sim/world.ts";
import { contractConfig, devicesContract } from "./devices.contract.ts";

/** A device that holds values by name, and remembers what reached it. */
class HeldField implements Field {
  beforeChange: (() => void) | undefined;
  isMute = false;
  readonly log: string[] = [];
  readonly values = new Map<string, number>();
  readonly refuses = new Set<string>();
  readonly #config: NodeConfig;

  constructor(config: NodeConfig) {
    this.#config = config;
  }

  get answerTime() {
    return this.isMute ? undefined : millis(1);
  }

  stepTo(): void {}

  readInput(index: number): number | undefined {
    return this.#read(Object.keys(this.#config.inputs)[index] ?? "");
  }

  readOutput(index: number): number | undefined {
    return this.#read(Object.keys(this.#config.outputs)[index] ?? "");
  }

  write(output: number, value: number): boolean {
    const name = Object.keys(this.#config.outputs)[output] ?? "";
    this.log.push(`write ${name} ${value}`);
    this.values.set(name, value);
    return true;
  }

  change(how: () => void): void {
    this.beforeChange?.();
    how();
  }

  #read(name: string): number | undefined {
    this.log.push("read");
    return this.refuses.has(name) ? undefined : (this.values.get(name) ?? 0);
  }
}

devicesContract("modelled", async () => {
  const world = new World(3);
  const process = new SimMachine(world, wallTime(0), seconds(10)).spawn();
  const config = contractConfig({ near: 1, far: 2 });
  const fields = new Map(["near", "far"].map((name) => [name, new HeldField(config)]));
  const fieldOf = (signal: string): HeldField => {
    const said = config.inputs[signal] ?? config.outputs[signal];
    return fields.get(said?.device ?? "") ?? fields.get(signal) ?? new HeldField(config);
  };
  let look = (): unknown => undefined;
  const pass = (length: number): void => {
    for (let i = 0; i < length; i += 1) {
      world.run(later(world.now, millis(1)));
      // Somebody looks at the devices all the time, as the control cycle does.
      look();
    }
  };
  return {
    open(events) {
      const devices = new SimDevices({ plan: devicesPlan(config), process, fields, events });
      look = () => devices.image();
      return devices;
    },
    show: (input, value) => fieldOf(input).change(() => fieldOf(input).values.set(input, value)),
    holds: (output) => fieldOf(output).values.get(output) ?? 0,
    heard: (device) => fieldOf(device).log,
    mute(device, isMute) {
      const field = fieldOf(device);
      field.change(() => {
        field.isMute = isMute;
      });
    },
    refuse: (signal) => fieldOf(signal).change(() => fieldOf(signal).refuses.add(signal)),
    until: async (holds) => {
      const end = world.now + 10_000;
      while (!holds()) {
        if (world.now > end) throw new Error(`it does not come to hold: ${holds}`);
        pass(1);
      }
    },
    pass: async () => pass(100),
    now: () => process.now(),
    end: async () => {},
  };
});
