import { control } from "#agents/node/control.ts";
import { planNode } from "#agents/node/plan.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import { blankMemory } from "#src/core/control-io.ts";

/**
 * Microseconds of one step in which 100 loops are due, at 100 Hz with new readings each time: half
 * on-off, half PID, some of them with feed-forward, gain schedule or cascade, with votes, limits,
 * rules, a split range, staging and interlocks around them.
 */
export function stepOfLoops(rounds: number): number {
  const plan = planNode(mixedSite());
  const due = plan.loops.map((_, index) => index);
  const lateness = due.map(() => millis(0));
  let now = instant(10_000);
  let { state } = control.start(plan, blankMemory, now);
  let actuated = 0;
  const turn = (): number => {
    now = instant(now + 10);
    const say = (value: number): Reading => ({ value, quality: "good", at: now });
    const inputs = plan.inputs.map((_, index) => say(20 + 5 * Math.sin(now / 500 + index)));
    const outputs = state.outputs.map(({ value }) => say(value ?? 0));
    const wall = wallTime(1_790_000_000_000 + now);
    const image = { inputs, outputs };
    const began = performance.now();
    const step = control.step(plan, state, { kind: "cycle", due, lateness, wall, image }, now);
    const length = performance.now() - began;
    state = step.state;
    actuated += step.effects.filter(({ kind }) => kind === "actuate").length;
    return length;
  };
  const round = (): number => {
    let spent = 0;
    for (let count = 0; count < turnsOfRound; count += 1) spent += turn();
    return (spent * 1_000) / turnsOfRound;
  };
  // The first rounds are for the compiler; what other programs take only adds.
  for (let count = 0; count < 5; count += 1) round();
  const best = Math.min(...Array.from({ length: rounds }, round));
  if (due.length !== 100 || actuated < turnsOfRound) throw new Error("the loops did not run");
  return best;
}

const turnsOfRound = 500;
const unit = "degC";
const loops = 100;
const cascades = 10;

function mixedSite(): NodeConfig {
  return NodeConfig.parse({
    role: "node",
    region: "bench",
    node: "bench",
    devices: { plc: { driver: "modbus-tcp", port: 1502 } },
    inputs: each(loops, (index) => ({
      [`t_${index}`]: {
        device: "plc",
        register: { kind: "input", address: index, scale: 0.1 },
        unit,
        range: [-40, 60],
        maxRate: 10_000,
        frozen: "1h",
      },
    })),
    signals: {
      ...each(4, (index) => ({
        [`vote_${index}`]: { kind: "vote", of: [0, 1, 2].map((one) => `t_${index + one}`), unit },
        [`greatest_${index}`]: { kind: "max", of: [`t_${index}`, `t_${index + 50}`], unit },
        [`ruled_${index}`]: {
          kind: "rule",
          expression: `t_${index} + 0.1 * t_${index + 10}`,
          unit,
        },
      })),
    },
    outputs: {
      ...each(loops, (index) => ({ [`y_${index}`]: outputOf(index) })),
      ...each(2, (index) => ({
        [`valve_${index}`]: outputOf(loops + index),
        [`machine_${index}`]: outputOf(-1 - index),
      })),
    },
    drives: {
      split: {
        kind: "split-range",
        to: [
          { output: "valve_0", from: 0, to: 0.5 },
          { output: "valve_1", from: 0.5, to: 1 },
        ],
      },
      rack: { kind: "staging", machines: [{ output: "machine_0" }, { output: "machine_1" }] },
    },
    loops: each(loops, (index) => ({ [`loop_${index}`]: loopOf(index) })),
    interlocks: each(8, (index) => ({
      [`guard_${index}`]: {
        trip: `t_${index} > 55.0`,
        force: { [`y_${index}`]: 0 },
        reset: "manual",
      },
    })),
  });
}

const each = (count: number, of: (index: number) => object): object =>
  Object.assign({}, ...Array.from({ length: count }, (_, index) => of(index)));

const isOnOff = (index: number): boolean => index < loops / 2;

const outputOf = (index: number): object => ({
  device: "plc",
  register: { kind: isOnOff(index) ? "coil" : "holding", address: 200 + index },
  ...(isOnOff(index) ? { minOn: "2s", minOff: "2s" } : { bounds: [0, 100], rate: 500 }),
  safe: 0,
  onSensorBad: "safe",
  onPartition: "keep",
  onAgentLoss: "safe",
});

function loopOf(index: number): object {
  const common = {
    input: inputOf(index),
    setpoint: "20 degC",
    bounds: [0, 60],
    period: "10ms",
    action: index % 2 === 0 ? "direct" : "reverse",
  };
  if (isOnOff(index)) return { ...common, kind: "on-off", output: `y_${index}`, deadband: 1 };
  const pid = { ...common, kind: "pid", gain: 2, integralTime: "60s" };
  const place = index - loops / 2;
  if (place < cascades) return place % 2 === 0 ? pid : { ...pid, ...following(index) };
  const driven: Readonly<Record<number, string>> = { 96: "split", 98: "rack" };
  const output = { output: driven[index] ?? `y_${index}` };
  if (place < 20) {
    return { ...pid, ...output, feedForward: { input: "t_1", gain: 0.5, lead: "1s", lag: "5s" } };
  }
  if (place < 30) return { ...pid, ...output, schedule: scheduled };
  return { ...pid, ...output, derivativeTime: "2s", setpointRate: 1 };
}

const following = (index: number): object => ({
  follow: `loop_${index - 1}`,
  output: `y_${index}`,
});

const scheduled = {
  input: "t_2",
  points: [
    { at: 10, gain: 1, integralTime: "60s" },
    { at: 30, gain: 3, integralTime: "40s" },
  ],
};

/** Some control what several sensors agree on, or what is computed. */
function inputOf(index: number): string {
  const [kind, place] = [index % 10, Math.floor(index / 10) % 4];
  if (kind === 0) return `vote_${place}`;
  if (kind === 1) return `greatest_${place}`;
  return kind === 2 ? `ruled_${place}` : `t_${index}`;
}
