import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { idPattern } from "#src/base/id.ts";
import { type ChannelName, channels } from "#src/contract/topics.ts";
import { channelOf } from "#src/contract/wire.ts";

const id = fc.stringMatching(idPattern);
const ids = fc.record({ region: id, node: id, loop: id });
const name = fc.constantFrom(...(Object.keys(channels) as ChannelName[]));

/** The ids that the pattern has. */
const paramsOf = (of: ChannelName, all: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(all).filter(([key]) => channels[of].topic.pattern.includes(`{${key}}`)),
  );

/** What a broker says: does the filter match the topic? */
function matches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  return (
    wanted.length === levels.length &&
    wanted.every((level, at) => level === "+" || level === levels[at])
  );
}

describe("every topic of the table", () => {
  test("P1: what was filled in is read back", () => {
    fc.assert(
      fc.property(name, ids, (of, all) => {
        const params = paramsOf(of, all);
        expect(channels[of].topic.parse(channels[of].topic.format(params as never))).toEqual(
          params,
        );
      }),
    );
  });

  test("P2: it has no wildcards and belongs to one channel", () => {
    fc.assert(
      fc.property(name, ids, (of, all) => {
        const topic = channels[of].topic.format(all as never);
        expect(topic).not.toMatch(/[+#$]/);
        const owners = Object.values(channels).filter((one) => one.topic.parse(topic));
        expect(owners).toEqual([channels[of]]);
        expect(channelOf(topic)?.name).toBe(of);
      }),
    );
  });

  test("P1: a filter matches the topics with the ids it was given, and no others", () => {
    fc.assert(
      fc.property(name, ids, ids, (of, all, others) => {
        const { topic } = channels[of];
        const filter = topic.filter({ region: all.region, node: all.node } as never);
        expect(matches(filter, topic.format(all as never))).toBe(true);
        expect(matches(filter, topic.format(others as never))).toBe(
          all.region === others.region &&
            (all.node === others.node || !topic.pattern.includes("{node}")),
        );
      }),
    );
  });

  test("P2: what is read is what would be written: no two topics mean the same", () => {
    const near = fc
      .array(fc.constantFrom("hf", "v1", "north", "n1", "_region", "status", "link", "lease", ""))
      .map((levels) => levels.join("/"));
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (said) => {
        const found = channelOf(said);
        if (found === undefined) return;
        expect(channels[found.name].topic.format(found.params as never)).toBe(said);
      }),
      { numRuns: 1_000 },
    );
  });
});
