import { describe, expect, test } from "vitest";
import {
  admit,
  mayHear,
  refuseFilter,
  refuseSaying,
  type Said,
  widestFilters,
} from "#broker/access.ts";
import { clientIdOf, type Principal } from "#src/contract/client-id.ts";
import { limits } from "#src/contract/limits.ts";
import { type ChannelName, channels, probeTopic } from "#src/contract/topics.ts";

const node: Principal = { kind: "node", region: "north", node: "n1" };
const region: Principal = { kind: "region", region: "north", controller: "c1" };
const probe: Principal = { kind: "probe", probe: "p1" };
const everyone = [node, region, probe];

const names = Object.keys(channels) as ChannelName[];
const up = names.filter((name) => channels[name].direction === "up");
const down = names.filter((name) => channels[name].direction === "down");

const topicOf = (name: ChannelName, ids: { region?: string; node?: string } = {}): string =>
  channels[name].topic.format({ region: "north", node: "n1", loop: "l1", ...ids } as never);
const says = (principal: Principal, topic: string, more: Partial<Said> = {}): boolean =>
  refuseSaying(principal, { topic, retain: false, bytes: 100, ...more }) === undefined;
const asks = (principal: Principal, filter: string): boolean =>
  refuseFilter(principal, filter) === undefined;

describe("AC1: a node", () => {
  test.each(up)("says its own %s and hears nobody's", (name) => {
    expect(says(node, topicOf(name))).toBe(true);
    expect(says(node, topicOf(name, { node: "n2" }))).toBe(false);
    expect(says(node, topicOf(name, { region: "south" }))).toBe(false);
    expect(asks(node, topicOf(name))).toBe(false);
    expect(mayHear(node, topicOf(name))).toBe(false);
  });

  test.each(down)("hears its own %s and says nobody's", (name) => {
    expect(asks(node, topicOf(name))).toBe(true);
    expect(mayHear(node, topicOf(name))).toBe(true);
    expect(says(node, topicOf(name))).toBe(false);
    expect(mayHear(node, topicOf(name, { region: "south" }))).toBe(false);
  });

  test("hears its region's lease, and no other node's commands", () => {
    expect(asks(node, topicOf("lease"))).toBe(true);
    for (const name of ["ack", "setpoint"] as const) {
      expect(asks(node, topicOf(name, { node: "n2" }))).toBe(false);
      expect(mayHear(node, topicOf(name, { node: "n2" }))).toBe(false);
    }
  });
});

describe("AC2: a region controller", () => {
  test.each(up)("hears every node's %s in its region and says none", (name) => {
    for (const other of ["n1", "n2"]) {
      expect(asks(region, topicOf(name, { node: other }))).toBe(true);
      expect(mayHear(region, topicOf(name, { node: other }))).toBe(true);
      expect(says(region, topicOf(name, { node: other }))).toBe(false);
    }
    expect(mayHear(region, topicOf(name, { region: "south" }))).toBe(false);
  });

  test.each(down)("says %s to every node of its region and hears none", (name) => {
    expect(says(region, topicOf(name))).toBe(true);
    expect(says(region, topicOf(name, { region: "south" }))).toBe(false);
    expect(asks(region, topicOf(name))).toBe(false);
    expect(mayHear(region, topicOf(name))).toBe(false);
  });
});

describe("AC3: what no rule allows is refused", () => {
  test("$SYS, unknown topics and almost right ones", () => {
    const others = [
      "$SYS/broker/clients",
      "hf/v1/north/n1/status/link/more",
      "hf/v1/north/n1/status",
      "hf/v2/north/n1/status/link",
      "hf/v1/north/N1/status/link",
      "/hf/v1/north/n1/status/link",
      "",
    ];
    for (const who of everyone) {
      for (const topic of others) {
        expect(says(who, topic)).toBe(false);
        expect(mayHear(who, topic)).toBe(false);
      }
    }
  });

  test("filters wider than one's own", () => {
    const wide = [
      "#",
      "+/#",
      "$SYS/#",
      "hf/#",
      "hf/v1/north/#",
      "hf/v1/+/n1/ack/metric",
      "hf/v1/north/+/ack/metric",
      "hf/v1/+/+/status/link",
      "hf/v1/north/n1/setpoint/#",
      "hf/v1/north/n1/+/metric",
      "$share/g/hf/v1/north/n1/ack/metric",
    ];
    for (const who of everyone) for (const filter of wide) expect(asks(who, filter)).toBe(false);
  });

  test("clients that are nobody, or of another region, do not get in", () => {
    const at = (clientId: string) =>
      "refused" in admit("north", { clientId, clean: true, will: undefined });
    for (const who of everyone) expect(at(clientIdOf(who))).toBe(false);
    for (const clientId of [
      "",
      "mqttjs_1234",
      "node:south:n1",
      "region:south:c1",
      "node:north:n1:n2",
      "node:north:+",
      "Node:north:n1",
      "global:north:n1",
      "constructor",
      "__proto__",
    ]) {
      expect(at(clientId)).toBe(true);
    }
  });

  test("a probe says and hears its own topic only, and leaves nothing behind", () => {
    const own = probeTopic.format({ probe: clientIdOf(probe) });
    const other = probeTopic.format({ probe: "probe-p2" });
    expect([says(probe, own), asks(probe, own), mayHear(probe, own)]).toEqual([true, true, true]);
    expect(says(probe, own, { retain: true })).toBe(false);
    expect([says(probe, other), asks(probe, other), mayHear(probe, other)]).not.toContain(true);
    expect([says(node, own), asks(node, own), mayHear(region, own)]).not.toContain(true);
    for (const name of names) {
      expect(says(probe, topicOf(name))).toBe(false);
      expect(mayHear(probe, topicOf(name))).toBe(false);
    }
  });

  test("payloads beyond the bound", () => {
    expect(says(node, topicOf("metric"), { bytes: limits.payloadBytes })).toBe(true);
    expect(says(node, topicOf("metric"), { bytes: limits.payloadBytes + 1 })).toBe(false);
  });
});

describe("AC4, T2: only what the table retains is retained", () => {
  test.each(names)("%s", (name) => {
    const speaker = channels[name].direction === "up" ? node : region;
    expect(says(speaker, topicOf(name), { retain: true })).toBe(channels[name].retain);
  });

  test("a Will is judged like any other message", () => {
    const admitted = (topic: string, retain: boolean) =>
      "principal" in
      admit("north", {
        clientId: clientIdOf(node),
        clean: true,
        will: { topic, retain, bytes: 10 },
      });
    expect(admitted(topicOf("link"), true)).toBe(true);
    expect(admitted(topicOf("link", { node: "n2" }), true)).toBe(false);
    expect(admitted(topicOf("metric"), true)).toBe(false);
    expect(admitted(topicOf("lease"), false)).toBe(false);
    expect(admitted("$SYS/a", false)).toBe(false);
  });
});

test("AC5: a session that would outlive its connection is refused", () => {
  expect(
    admit("north", { clientId: clientIdOf(node), clean: false, will: undefined }),
  ).toMatchObject({ refused: expect.stringContaining("outlives") });
});

test("T1: what one side may say is what the other may hear, and nobody hears itself", () => {
  for (const name of names) {
    const topic = topicOf(name);
    const [speaker, hearer] = channels[name].direction === "up" ? [node, region] : [region, node];
    expect(says(speaker, topic) && mayHear(hearer, topic)).toBe(true);
    expect(says(hearer, topic) || mayHear(speaker, topic)).toBe(false);
  }
});

test("everyone may subscribe to what it is told to", () => {
  for (const who of everyone) {
    expect(widestFilters(who).length).toBeGreaterThan(0);
    for (const filter of widestFilters(who)) expect(asks(who, filter)).toBe(true);
  }
});
