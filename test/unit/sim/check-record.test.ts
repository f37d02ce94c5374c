import { expect, test } from "vitest";
import { wallTime } from "#src/base/units.ts";
import { modes, type Quality } from "#src/contract/messages.ts";
import { AuthorityWitness, emptyAuthorityDisk, loopRules } from "#src/sim/check-authority.ts";
import { LatchWitness } from "#src/sim/check-latches.ts";
import { RecordWitness } from "#src/sim/check-record.ts";
import { outputRules } from "#src/sim/check-registers.ts";
import { PlantField } from "#src/sim/plant-field.ts";
import { plantLayout } from "#src/sim/plant-layout.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { coldRoom, WitnessBench } from "./witness-bench.ts";

const inputs = Object.keys(coldRoom.inputs);
const outputs = Object.keys(coldRoom.outputs);

class Bench extends WitnessBench {
  readonly field = new PlantField({
    layout: plantLayout(coldRoom, "plc"),
    seed: 1,
    now: this.world.now,
  });
  readonly process = new SimMachine(this.world, wallTime(0)).spawn();
  readonly witness: RecordWitness;

  constructor() {
    super();
    const { findings } = this;
    const loops = loopRules(coldRoom);
    const authority = new AuthorityWitness(coldRoom, loops, emptyAuthorityDisk(), findings, "n1");
    authority.started();
    this.witness = new RecordWitness({
      config: coldRoom,
      fields: new Map([["plc", this.field]]),
      outputs: outputRules(coldRoom),
      loops,
      authority,
      latches: new LatchWitness(
        coldRoom,
        outputRules(coldRoom),
        { safety: undefined },
        findings,
        "n1",
      ),
      findings,
      who: "north/n1",
    });
    this.witness.started(this.process);
  }

  record(air: { value?: number; quality?: Quality } = {}, compressor = 0, fan = 0): void {
    const { value = 5, quality = "good" } = air;
    const at: Record<string, number> = { "room-air": value, compressor, fan };
    const sources = [...inputs, ...outputs];
    const rest: Quality[] = ["good", "good", "good"];
    this.witness.takes({
      values: [...sources.map((name) => at[name] ?? 0), 4, 0, modes.indexOf("local")],
      qualities: [...sources.map((name) => (name === "room-air" ? quality : "good")), ...rest],
    });
  }
}

test("KR1: a control thread that pauses is found, a process that does is not", () => {
  const bench = new Bench();
  bench.record();
  bench.pass(1_000);
  bench.record();
  bench.pass(3_000);
  bench.record();
  expect(bench.broken()).toEqual(["local: the control thread recorded nothing for 3000 ms"]);
  bench.process.pause();
  bench.pass(20_000);
  bench.process.resume();
  bench.record();
  bench.pass(5_000);
  bench.witness.check();
  expect(bench.broken()).toEqual(["local: the control thread recorded nothing for 5000 ms"]);
});

test("KR2: a value outside its range that is called good is found", () => {
  const bench = new Bench();
  bench.record({ value: 81 });
  bench.record({ value: 81, quality: "range" });
  expect(bench.broken()).toEqual(["bounded: room-air shows 81 and is called good"]);
});

test("KR2: a value of a device that is silent is found once it is too old", () => {
  const bench = new Bench();
  bench.field.inject({ kind: "dropout" });
  const { maxAge } = coldRoom.inputs["room-air"] ?? { maxAge: 0 };
  bench.record();
  for (let passed = 0; passed < maxAge; passed += 1_000) {
    bench.pass(1_000);
    bench.record();
  }
  expect(bench.broken()).toEqual([]);
  bench.pass(1_000);
  bench.record();
  expect(bench.broken()[0]).toMatch(/^bounded: room-air is called good after \d+ ms of silence$/);
});

test("KR3: an output that is not safe though its input is bad is found within three seconds", () => {
  const bench = new Bench();
  for (let second = 0; second <= 5; second += 1) {
    bench.record({ value: Number.NaN, quality: "bad" }, 1);
    bench.pass(1_000);
  }
  expect(bench.broken()).toEqual([]);
  for (let second = 0; second < 3; second += 1) {
    bench.record({ value: Number.NaN, quality: "bad" }, 1);
    bench.pass(1_000);
  }
  expect(bench.broken()).toEqual(["bounded: compressor is at 1 though cooling has no good input"]);
  for (let second = 0; second < 9; second += 1) {
    bench.record({ value: Number.NaN, quality: "bad" }, 0);
    bench.pass(1_000);
  }
  expect(bench.broken()).toEqual([]);
});

test("KR4: an output without a loop that is not at its safe value is found", () => {
  const bench = new Bench();
  bench.record();
  expect(bench.broken()).toEqual([]);
  bench.record({}, 0, 1);
  expect(bench.broken()).toEqual(["bounded: fan is at 1, and no loop drives it"]);
});

test("KR5: a watchdog that trips under a running process is found, one of a silent device is not", () => {
  const bench = new Bench();
  const second = (): void => {
    bench.pass(1_000);
    bench.field.stepTo(bench.world.now);
    bench.record();
  };
  const dropout = { kind: "dropout" } as const;
  bench.field.inject(dropout);
  for (let at = 0; at < 30; at += 1) second();
  bench.field.mend(dropout);
  const trips = (): readonly string[] => bench.broken().filter((one) => one.includes("watchdog"));
  expect(trips()).toEqual([]);
  second();
  second();
  bench.field.write(0, 1);
  for (let at = 0; at < 30; at += 1) second();
  expect(trips()).toEqual(["bounded: the watchdog of plc tripped"]);
});
