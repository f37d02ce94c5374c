import { describe, expect, test } from "vitest";
import { checkSimulation } from "#firmware-sim/check-simulation.ts";
import { site } from "./site.ts";

const problems = (change: Parameters<typeof site>[0]): string[] =>
  checkSimulation(site(change)).map(({ path, message }) => `${path.join(".")}: ${message}`);

const signals = (said: Parameters<NonNullable<Parameters<typeof site>[0]>>[0]) =>
  said.simulation["plc"]?.signals ?? expect.unreachable();

describe("the simulation of a site file", () => {
  test("is fine when every input has a sensor and every actuator one output", () => {
    expect(problems(() => {})).toEqual([]);
  });

  test("is refused when the plant has no such signal, with a list of what it has", () => {
    const [only, ...others] = problems((said) => {
      signals(said)["air"] = "room-temperature";
    });
    expect(others).toEqual([]);
    expect(only).toBe(
      'simulation.plc.signals.air: the cold-room plant has no "room-temperature"; it has the sensors room-air, product, evaporator, ambient, door, compressor-current and the actuators compressor, fan, defrost',
    );
  });

  test("is not fooled by names every object has", () => {
    const [only] = problems((said) => {
      signals(said)["air"] = "constructor";
    });
    expect(only).toContain('no "constructor"');
  });

  test("is refused when an output writes a sensor", () => {
    expect(
      problems((said) => {
        signals(said)["fan"] = "door";
      }),
    ).toEqual([
      "simulation.plc.signals.fan: door is a sensor and cannot be written; the actuators are compressor, fan, defrost",
    ]);
  });

  test("lets an input show where an actuator is", () => {
    expect(
      problems((said) => {
        signals(said)["door"] = "fan";
      }),
    ).toEqual([]);
  });

  test("is refused when an input has nothing behind it, unless it reads an output back", () => {
    const [only] = problems((said) => {
      delete signals(said)["product"];
    });
    expect(only).toContain("input product has nothing of the plant behind it");
  });

  test("is refused when two outputs drive one actuator", () => {
    expect(
      problems((said) => {
        signals(said)["lamp"] = "fan";
      }),
    ).toEqual([
      "simulation.plc.signals.lamp: fan is driven by fan already: an actuator has one output",
    ]);
  });

  test("is refused when units differ", () => {
    const [only] = problems((said) => {
      signals(said)["current"] = "room-air";
    });
    expect(only).toBe(
      "simulation.plc.signals.current: the plant's room-air is in degC, but current is in A",
    );
  });

  test("is fine without any", () => {
    expect(problems((said) => Object.assign(said, { simulation: undefined }))).toEqual([]);
  });
});
