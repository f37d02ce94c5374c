import { describe, expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { topic } from "#src/contract/topic.ts";
import { type ChannelName, channels, probeTopic } from "#src/contract/topics.ts";

const all = Object.entries(channels) as [ChannelName, (typeof channels)[ChannelName]][];
const long = "x".repeat(32);
const ids = { region: long, node: long, loop: long };

describe("a topic", () => {
  const metric = topic("hf/v1/{region}/{node}/data/metric");

  test("is filled, read back and turned into a filter", () => {
    const params = { region: "north", node: "n1" };
    expect(metric.format(params)).toBe("hf/v1/north/n1/data/metric");
    expect(metric.parse("hf/v1/north/n1/data/metric")).toEqual(params);
    expect(metric.filter()).toBe("hf/v1/+/+/data/metric");
    expect(metric.filter({ region: "north" })).toBe("hf/v1/north/+/data/metric");
  });

  test.each([
    "hf/v1/north/n1/data",
    "hf/v1/north/n1/data/metric/",
    "hf/v1//n1/data/metric",
    "hf/v1/north/N1/data/metric",
    "hf/v1/north/_region/data/metric",
    "hf/v1/north/+/data/metric",
    `hf/v1/north/${long}x/data/metric`,
    "hf/v1/north/n1/data/metric\n",
  ])("does not read %j", (other) => {
    expect(metric.parse(other)).toBeUndefined();
  });
});

describe("the table of topics", () => {
  test.each(all)("%s keeps within the bounds of a topic with the longest ids", (_, channel) => {
    const longest = channel.topic.format(ids as never);
    expect(longest.length).toBeLessThanOrEqual(limits.topicBytes);
    expect(longest.split("/").length - 1).toBeLessThanOrEqual(limits.topicSlashes);
  });

  test("T1: no topic goes up and down, so that a bridge cannot loop", () => {
    const shape = (pattern: string): string => pattern.replace(/\{\w+\}/g, "{}");
    for (const [, one] of all) {
      for (const [, other] of all) {
        if (one.direction === other.direction) continue;
        expect(shape(one.topic.pattern)).not.toBe(shape(other.topic.pattern));
        expect(one.topic.parse(other.topic.format(ids as never))).toBeUndefined();
      }
    }
  });

  test("T2: what is retained is the state of one node, and no command", () => {
    const retained = all.filter(([, channel]) => channel.retain);
    expect(retained.map(([name]) => name)).toEqual(["link", "mode"]);
    for (const [, channel] of retained) {
      expect(channel.direction).toBe("up");
      expect(channel.topic.pattern).toContain("/{node}/status/");
    }
  });

  test("a probe's topic is nobody else's", () => {
    const topicOfProbe = probeTopic.format({ probe: long });
    for (const [, channel] of all) expect(channel.topic.parse(topicOfProbe)).toBeUndefined();
  });
});
