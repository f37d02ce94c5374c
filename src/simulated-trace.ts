import type { Millis } from "#src/base/units.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { type Mode, modes } from "#src/contract/messages.ts";
import type { Trace } from "#src/contract/simulation.ts";
import type { ControlRow } from "#src/core/control-io.ts";
import type { World } from "#src/sim/world.ts";

/** More moments than a plot has columns are of no use. */
const mostMoments = 4_000;

type Signal = Trace["signals"][number] & { readonly values: number[] };

/** Keeps what one node of a fleet records, as often as a plot can show. */
export class TraceRecorder {
  readonly #who: string;
  readonly #node: string;
  readonly #every: number;
  readonly #at: number[] = [];
  /** In the order of the recorded values; undefined for those that no plot shows. */
  readonly #signals: readonly (Signal | undefined)[];
  #world: World | undefined;

  constructor(sites: readonly NodeConfig[], index: number, regions: number, length: Millis) {
    this.#node = `node-${index}`;
    this.#who = `region-${index % regions}/${this.#node}`;
    this.#every = length / mostMoments;
    this.#signals = signalsOf(sites[index % sites.length] as NodeConfig);
  }

  begin(world: World): void {
    this.#world = world;
  }

  get trace(): Trace {
    const signals = this.#signals.filter((signal) => signal !== undefined);
    return { node: this.#node, at: this.#at, signals };
  }

  record = (who: string, { values }: ControlRow, mode: Mode): void => {
    if (who !== this.#who || this.#world === undefined) return;
    const { now } = this.#world;
    if (now - (this.#at.at(-1) ?? Number.NEGATIVE_INFINITY) < this.#every) return;
    this.#at.push(now);
    for (const [index, signal] of this.#signals.entries()) {
      if (signal === undefined) continue;
      const isMode = signal.kind === "mode";
      signal.values.push(isMode ? modes.indexOf(mode) : (values[index] ?? Number.NaN));
    }
  };
}

function signalsOf(config: NodeConfig): (Signal | undefined)[] {
  const signal = (name: string, kind: Signal["kind"], unit?: string): Signal => ({
    name,
    kind,
    unit,
    values: [],
  });
  return [
    ...Object.entries(config.inputs).map(([name, { unit }]) => signal(name, "input", unit)),
    ...Object.entries(config.signals).map(([name, { unit }]) => signal(name, "input", unit)),
    ...Object.entries(config.outputs).map(([name, { unit }]) => signal(name, "output", unit)),
    ...Object.entries(config.loops).flatMap(([name, loop]) => [
      signal(name, "setpoint", (config.inputs[loop.input] ?? config.signals[loop.input])?.unit),
      undefined,
    ]),
    ...Object.keys(config.interlocks).map(() => undefined),
    signal("mode", "mode"),
  ];
}
