import { expect, test } from "vitest";
import type { NodeConfig } from "#src/contract/config.ts";
import type { Explanation } from "#src/contract/query.ts";
import type { Message } from "#src/contract/topics.ts";
import { AuthorityWitness, emptyAuthorityDisk, loopRules } from "#src/sim/check-authority.ts";
import { LatchWitness } from "#src/sim/check-latches.ts";
import { ReasonWitness } from "#src/sim/check-reasons.ts";
import { outputRules, RegisterWitness } from "#src/sim/check-registers.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { coldRoom, WitnessBench } from "./witness-bench.ts";

const said: Explanation = {
  node: "n1",
  output: "compressor",
  value: 1,
  unit: null,
  since: 500_000,
  at: 500_000,
  mode: "local",
  modeReason: "",
  because: "5 is above 4 by more than 0.5",
  winner: { authority: "default", value: 1, unit: null, what: "" },
  losers: [],
  inputs: [],
  readBack: 1,
  safe: 0,
  limits: [],
};

interface Around {
  readonly config?: NodeConfig;
  readonly heard?: readonly Message[];
  /** Its device takes its time. */
  readonly isSlow?: boolean;
}

/** Asks after the compressor was switched on, and takes this for the answer. */
function asked(
  answer: Partial<Explanation> | undefined,
  { config = coldRoom, heard = [], isSlow = false }: Around = {},
): readonly string[] {
  const bench = new WitnessBench();
  bench.pass(300_000);
  const layout = plantLayout(config, "plc");
  const field = new PlantField({ layout, seed: 1, now: bench.world.now });
  const rules = outputRules(config);
  const { findings } = bench;
  const register = new RegisterWitness(field, layout, rules, 1_000, findings, "n1");
  const loops = loopRules(config);
  const authority = new AuthorityWitness(config, loops, emptyAuthorityDisk(), findings, "n1");
  const registers = [register];
  const witness = new ReasonWitness({
    config,
    rules,
    registers,
    authority,
    latches: new LatchWitness(config, rules, { safety: undefined }, findings, "n1"),
    findings,
    who: "n1",
  });
  for (const message of heard) authority.hears(message);
  witness.started();
  field.write(0, 0);
  witness.ask({ why: () => ({ ...said, value: 0 }) }, 500_000);
  bench.pass(1_000);
  field.stepTo(bench.world.now);
  if (isSlow) field.inject({ kind: "slow", millis: 1_344 });
  field.write(0, 1);
  const why = () => (answer === undefined ? undefined : { ...said, ...answer });
  witness.ask({ why }, 500_000);
  return bench.broken();
}

test("KW1: a change without an answer, a reason, or with the wrong value is found", () => {
  expect(asked({})).toEqual([]);
  expect(asked(undefined)).toEqual(["explained: compressor changed, and nobody says why"]);
  expect(asked({ because: "" })).toEqual(["explained: compressor changed without a reason"]);
  expect(asked({ value: 0 })).toEqual(["explained: compressor is 1, the answer is about 0"]);
});

test("KW1: what reaches a slow device may be an order of before", () => {
  expect(asked({ value: 0 }, { isSlow: true })).toEqual([]);
});

test("KW2: the region or a person that never asked is not the reason", () => {
  expect(asked({ winner: { authority: "grant", value: 1, unit: null, what: "" } })).toEqual([
    "explained: compressor is said to follow the region, which did not ask for it",
  ]);
  expect(asked({ winner: { authority: "override", value: 1, unit: null, what: "" } })).toEqual([
    "explained: compressor is said to follow a person; nobody asked",
  ]);
});

test("KW2: what the region asked of a loop also reaches the outputs of its drive", () => {
  const { cooling } = coldRoom.loops;
  const staged = {
    ...coldRoom,
    loops: { cooling: { ...cooling, output: "cold" } },
    drives: { cold: { kind: "split-range", to: [{ output: "compressor", from: 0, to: 1 }] } },
  } as unknown as NodeConfig;
  const grant = { winner: { authority: "grant", value: 1, unit: null, what: "" } } as const;
  const setpoint: Message = {
    channel: "setpoint",
    params: { region: "north", node: "n1", loop: "cooling" },
    body: { v: 1, id: "s1", epoch: 1, value: 4, for: 60_000, owner: "anna", reason: "test" },
  };
  expect(asked(grant, { config: staged, heard: [setpoint] })).toEqual([]);
  expect(asked(grant, { config: staged })).toEqual([
    "explained: compressor is said to follow the region, which did not ask for it",
  ]);
});

test("KW3: a beginning before the change, or after now, is found", () => {
  expect(asked({ since: 499_000 })).toHaveLength(1);
  expect(asked({ since: 501_000 })).toHaveLength(1);
});
