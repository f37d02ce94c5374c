import { expect, test } from "vitest";
import { instant } from "#src/base/units.ts";
import type { Stretch } from "#src/contract/samples.ts";
import { acked, emptyOutbox, type Outbox, sent } from "#src/core/data/outbox.ts";

const stretch = (boot: number, from: number, to: number): Stretch => ({
  boot,
  base: 1,
  from,
  to,
  rows: [],
  tombstones: [],
});
const places = ({ inFlight }: Outbox): readonly (readonly number[])[] =>
  inFlight.map(({ boot, from, to }) => [boot, from, to]);

test("OB3: an ack strikes out what is in flight of its own boot, and nothing of another", () => {
  const outbox = [stretch(3, 801, 900), stretch(4, 1, 50), stretch(4, 51, 99)].reduce(
    (before, one) => sent(before, one, instant(0)),
    emptyOutbox,
  );
  const earlier = acked(outbox, { boot: 3, upTo: 900 });
  expect(earlier.forget).toBe(900);
  expect(places(earlier.outbox)).toEqual([
    [4, 1, 50],
    [4, 51, 99],
  ]);
  const later = acked(outbox, { boot: 4, upTo: 99 });
  expect(later.forget).toBe(99);
  expect(places(later.outbox)).toEqual([[3, 801, 900]]);
});
