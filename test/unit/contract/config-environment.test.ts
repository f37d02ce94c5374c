import { describe, expect, test } from "vitest";
import { overrideOf } from "#src/contract/config-environment.ts";

const said = {
  role: "node",
  uplink: { url: "mqtt://a" },
  devices: { "plc-1": {}, cold_a: {}, "cold-a": {}, a__b: {} },
  loops: { cooling: { kind: "on-off" } },
};

const pathOf = (name: string, text = "x") => {
  const meant = overrideOf(name, text, said);
  return meant.kind === "override" ? meant.path.join(".") : meant.kind;
};

describe("EN1, EN2: a variable stands for a key", () => {
  test.each([
    ["HOLDFAST_NODE", "node"],
    ["HOLDFAST_UPLINK__URL", "uplink.url"],
    ["holdfast_uplink__url", "uplink.url"],
    ["HOLDFAST_BUFFER__MAX_POINTS", "buffer.maxPoints"],
    ["HOLDFAST_BUFFER__MAXPOINTS", "buffer.maxPoints"],
    ["HOLDFAST_DEVICES__PLC_1__PORT", "devices.plc-1.port"],
    ["HOLDFAST_DEVICES__A__B__PORT", "devices.a__b.port"],
    ["HOLDFAST_LOOPS__COOLING__DEADBAND", "loops.cooling.deadband"],
    ["HOLDFAST_LOG", "log"],
    ["HOLDFAST_DATA", "data"],
  ])("%s is %s", (name, path) => {
    expect(pathOf(name)).toBe(path);
  });

  test("that the file of another role does not have", () => {
    expect(overrideOf("HOLDFAST_BROKER__URL", "x", { role: "region" }).kind).toBe("override");
    expect(overrideOf("HOLDFAST_BROKER__URL", "x", said).kind).toBe("refused");
  });

  test("and with _FILE for what a file says of it", () => {
    const meant = overrideOf("HOLDFAST_UPLINK__URL_FILE", "/run/url", said);
    expect(meant).toEqual({ kind: "override", path: ["uplink", "url"], fromFile: true });
  });
});

describe("EN3: a variable is refused that", () => {
  test.each([
    ["is misspelt", "HOLDFAST_UPLINK__ULR", "did you mean HOLDFAST_UPLINK__URL?"],
    ["has one underscore too few", "HOLDFAST_UPLINK_URL", "did you mean HOLDFAST_UPLINK__URL?"],
    ["is of another kind of loop", "HOLDFAST_LOOPS__COOLING__GAIN", "names no key"],
    ["means an entry that is not there", "HOLDFAST_LOOPS__HEATING__SETPOINT", "names no key"],
    [
      "could mean two ids",
      "HOLDFAST_DEVICES__COLD_A__PORT",
      "could mean devices.cold_a.port or devices.cold-a.port",
    ],
    ["looks like a service's but is ours", "HOLDFAST_BROKER_LISTEN_PORT", "names no key"],
  ])("%s", (_, name, message) => {
    const meant = overrideOf(name, "1883", said);
    expect(meant).toMatchObject({ kind: "refused", finding: { code: "CONFIG_ENVIRONMENT" } });
    if (meant.kind === "refused") expect(meant.finding.message).toContain(message);
  });
});

describe("a variable is left alone that", () => {
  test.each([
    ["is not ours", "PATH", "x"],
    ["only begins like ours", "HOLDFASTER", "x"],
    ["the program reads itself", "HOLDFAST_RUNTIME", "/run/holdfast"],
    ["runs the program on another machine", "HOLDFAST_LAUNCHER", "qemu-aarch64"],
    ["Kubernetes sets for a Service", "HOLDFAST_SERVICE_HOST", "10.0.0.1"],
    ["Kubernetes sets for its named port", "HOLDFAST_REGION_SERVICE_PORT_MQTT", "1883"],
    ["Kubernetes sets for its address", "HOLDFAST_PORT_1883_TCP_ADDR", "10.0.0.1"],
    ["Kubernetes sets for its link", "HOLDFAST_REGION_PORT", "tcp://10.0.0.1:1883"],
  ])("%s", (_, name, text) => {
    expect(pathOf(name, text)).toBe("ignored");
  });
});
