import fc from "fast-check";
import { expect, test } from "vitest";
import { fault } from "#src/base/fault.ts";
import type { LinkInput } from "#src/core/link-io.ts";
import { shelled } from "../unit/runtime/shelled.ts";

/** What may happen to the link thread of a node, in any order. */
type Event =
  | { readonly kind: "measure"; readonly count: number; readonly shed: number }
  | { readonly kind: "pass"; readonly length: number }
  | { readonly kind: "disk"; readonly works: boolean; readonly takes: number }
  | { readonly kind: "count"; readonly works: boolean }
  | { readonly kind: "broker"; readonly isThere: boolean }
  | { readonly kind: "ack"; readonly share: number }
  | { readonly kind: "defect"; readonly at: LinkInput["kind"] };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("measure" as const),
      count: fc.integer({ min: 0, max: 900 }),
      shed: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 50 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      length: fc.integer({ min: 1, max: 7_000 }),
    }),
  },
  fc.record({
    kind: fc.constant("disk" as const),
    works: fc.boolean(),
    takes: fc.constantFrom(0, 0, 5, 800),
  }),
  fc.record({ kind: fc.constant("count" as const), works: fc.boolean() }),
  fc.record({ kind: fc.constant("broker" as const), isThere: fc.boolean() }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("ack" as const),
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
    }),
  },
  fc.record({
    kind: fc.constant("defect" as const),
    at: fc.constantFrom<LinkInput["kind"]>(
      "rows",
      "appended",
      "loaded",
      "wake",
      "storeUp",
      "storeDown",
      "message",
      "busUp",
      "busDown",
    ),
  }),
);

test("L1, L4, SA1 (law 4): every sample has one number, and no number leaves without an ack", () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 20, maxLength: 60 }), (story) => {
      const node = shelled();
      let measured = 0;
      let planted = 0;
      let acked = 0;
      const happen = (one: Event): void => {
        switch (one.kind) {
          case "measure":
            measured += one.count + one.shed;
            node.measure(1, one.count, one.shed);
            return;
          case "pass":
            node.clock.pass(one.length);
            return;
          case "disk":
            node.disk.works = one.works;
            node.disk.takes = one.takes;
            return;
          case "count":
            node.disk.countable = one.works;
            return;
          case "broker":
            if (one.isThere) node.events().up();
            else node.events().down(fault("BUS_LOST", { url: "u", why: "w" }));
            return;
          case "ack": {
            const upTo = Math.floor(node.numbered() * one.share);
            acked = Math.max(acked, upTo);
            node.events().message({
              channel: "ack",
              params: { region: "north", node: "room-1" },
              body: { v: 1, boot: 1, upTo },
            });
            return;
          }
          default:
            if (node.defect.at === undefined) planted += 1;
            node.defect.at = one.at;
        }
      };
      node.shell.start();
      for (const one of story) {
        happen(one);
        expect(node.gone.upTo).toBeLessThanOrEqual(acked);
      }
      if (node.defect.at !== undefined) planted -= 1;
      node.defect.at = undefined;
      Object.assign(node.disk, { works: true, takes: 0, countable: true });
      for (let i = 0; i < 20; i += 1) node.clock.pass(1_000);
      node.measure(1);
      node.clock.pass(10_000);
      const failures = node.board.list().find(({ code }) => code === "AGENT_FAILED")?.count ?? 0;
      expect(failures).toBe(planted);
      expect(node.numbered()).toBe(measured + 1);
      const buried = node.tombstones.reduce((sum, { count }) => sum + count, 0);
      const { forgotten, evicted } = node.gone;
      expect(node.rows().length + forgotten + evicted + buried).toBe(node.numbered());
      expect(node.shell.buffer().pending).toBe(0);
    }),
    { numRuns: 200 },
  );
});
