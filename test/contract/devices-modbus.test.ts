import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { modbusDevices } from "#src/adapters/modbus-device.ts";
import { systemClock } from "#src/adapters/system-clock.ts";
import { registerOf } from "#src/contract/places.ts";
import { decode, encode, type Register, widthOf } from "#src/contract/registers.ts";
import { type DeviceWorld, devicesContract } from "./devices.contract.ts";
import { ModbusSite, twoPlcs, until } from "./modbus-site.ts";
import type { ScriptedPlc } from "./scripted-plc.ts";

async function modbusWorld(): Promise<DeviceWorld> {
  const clock = systemClock();
  const { near, far, config } = await twoPlcs();
  const plcs: Readonly<Record<string, ScriptedPlc>> = { near, far };
  const plcOf = (device: string): ScriptedPlc => plcs[device] ?? near;
  const find = (name: string) => {
    const said = config.inputs[name] ?? config.outputs[name];
    if (said === undefined) throw new Error(`there is no ${name}`);
    return { plc: plcOf(said.device), register: registerOf(said) };
  };
  const wordsAt = (plc: ScriptedPlc, { kind, address, ...rest }: Register): number[] =>
    Array.from({ length: widthOf(rest) }, (_, index) => plc.get(kind, address + index) ?? 0);
  /** "write holding 10 …" in the words of the contract. */
  const inWords = (device: string, text: string): string => {
    if (text.startsWith("read")) return "read";
    const [, kind, address, ...words] = text.split(" ");
    const [name = "?", output] =
      Object.entries(config.outputs).find(
        ([, one]) =>
          one.device === device &&
          one.register?.kind === kind &&
          one.register?.address === Number(address),
      ) ?? [];
    return `write ${name} ${output && decode(registerOf(output), words.map(Number))}`;
  };
  return {
    open: (events) => modbusDevices({ config, clock, events }),
    show(input, value) {
      const { plc, register } = find(input);
      plc.set(register.kind, register.address, ...encode(register, value));
    },
    holds(output) {
      const { plc, register } = find(output);
      return decode(register, wordsAt(plc, register));
    },
    heard: (device) => plcOf(device).log.map((text) => inWords(device, text)),
    mute(device, isMute) {
      plcOf(device).behave = () => (isMute ? "silent" : "usual");
    },
    refuse(signal) {
      const { plc, register } = find(signal);
      for (let at = 0; at < widthOf(register); at += 1)
        plc.words.delete(`${register.kind} ${register.address + at}`);
    },
    until,
    pass: () => pause(100),
    now: () => clock.now(),
    async end() {
      await near.stop();
      await far.stop();
    },
  };
}

devicesContract("Modbus", modbusWorld);

describe("a Modbus device", () => {
  let site: ModbusSite;

  beforeEach(async () => {
    site = new ModbusSite(await twoPlcs());
  });

  afterEach(() => site.end());

  test("is read in as few requests as its registers allow", async () => {
    await site.openWhole();
    expect(new Set(site.near.log)).toEqual(
      new Set(["read input 0 3", "read discrete 4 1", "read coil 0 1", "read holding 10 2"]),
    );
  });

  test("is polled on a schedule that lateness does not move", async () => {
    site.near.behave = ({ kind }) => (kind === "discrete" ? { after: 20 } : "usual");
    await site.openWhole();
    site.near.log.length = 0;
    await pause(900);
    const polls = site.near.log.filter((text) => text === "read discrete 4 1").length;
    expect(polls).toBeGreaterThan(22);
    expect(polls).toBeLessThanOrEqual(31);
  });

  test("gets both words of a float in one write, and reads them back at once", async () => {
    Object.assign(site.config.devices["near"] ?? {}, { poll: 60_000 });
    await site.openWhole();
    site.near.log.length = 0;
    site.devices.write(1, 12.5);
    await until(() => site.devices.image().outputs[1]?.value === 12.5, 1_000);
    expect(site.near.log).toEqual(["write holding 10 16712 0", "read holding 10 2"]);
  });

  test("is written to before it is polled, and polled all the same under a flood of writes", async () => {
    site.near.behave = () => ({ after: 10 });
    await site.openWhole();
    const first = site.door?.at ?? 0;
    let value = 0;
    for (let i = 0; i < 60; i += 1) {
      value = (value + 1) % 100;
      site.devices.write(1, value);
      site.devices.write(0, i % 2);
      await pause(5);
    }
    expect((site.door?.at ?? 0) - first).toBeGreaterThan(150);
    await until(() => site.devices.image().outputs[1]?.value === value);
  });

  test("MO4: is told again what it refused, a poll period later", async () => {
    await site.openWhole();
    let refusals = 0;
    site.near.behave = ({ action }) => {
      if (action === "read" || refusals >= 3) return "usual";
      refusals += 1;
      return { exception: 4 };
    };
    const began = performance.now();
    site.devices.write(0, 1);
    await until(() => site.near.get("coil", 0) === 1);
    expect(performance.now() - began).toBeGreaterThan(85);
    expect(site.told).toMatchObject([{ kind: "refused", fault: { code: "DEVICE_REFUSED" } }]);
    expect(site.told[0]?.fault?.message).toContain("writing compressor (coil 0)");
  });

  test("MD2: a refusal is told anew once the signal has worked in between", async () => {
    await site.openWhole();
    for (let round = 1; round <= 2; round += 1) {
      site.near.behave = ({ kind }) => (kind === "discrete" ? { exception: 2 } : "usual");
      await until(() => site.door?.quality === "bad");
      await pause(100);
      expect(site.told).toHaveLength(round);
      site.near.behave = () => "usual";
      await until(() => site.door?.quality === "good");
    }
  });

  test("without signals is left alone", async () => {
    site.withoutFar();
    await site.openWhole();
    expect(site.far.connections).toBe(0);
  });
});
