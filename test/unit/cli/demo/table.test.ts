import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Picture, renderTable } from "#src/cli/demo/table.ts";
import { startingRoom } from "#src/cli/demo/view.ts";
import { colourful } from "#src/cli/paint.ts";
import { widthOf } from "#src/cli/show/text.ts";
import { now, sceneOf } from "../scene.ts";
import { roomOf } from "./rooms.ts";

const picture = (said: Partial<Picture> = {}): Picture => ({
  rooms: [
    roomOf(),
    roomOf({
      name: "cold-room-2",
      mode: "autonomous",
      because: "the lease lapsed",
      since: now - 71_000,
      compressor: 0,
      temperature: -3.5,
      buffered: 1_240,
      why: "3.4 is below 4 by more than 0.5",
    }),
    startingRoom("cold-room-3"),
  ],
  events: [
    { at: now - 71_000, room: "cold-room-2", text: "connected → autonomous: the lease lapsed" },
  ],
  startedAt: now - 92_000,
  cutSince: now - 78_000,
  notice: "",
  rows: 24,
  ...said,
});

test("the table shows each room on its line, and what happened last", () => {
  expect(renderTable(picture(), sceneOf({ width: 104 }))).toEqual([
    "holdfast demo  1:32  3 cold rooms  NETWORK CUT for 1:18",
    "",
    "NODE          MODE         SINCE    degC   SET  COMPR  BUFFER  WHY",
    "cold-room-1   connected     0:12    4.20     4  on          7  4.2 is within 0.5 of 4: left on",
    "cold-room-2   autonomous    1:11   -3.50     4  off     1,240  the lease lapsed; 3.4 is below 4 by more…",
    "cold-room-3   starting",
    "",
    "c cut   h heal   q quit    elsewhere: holdfast status · holdfast why cold-room-1/compressor",
    "",
    "14:07:00  cold-room-2 connected → autonomous: the lease lapsed",
  ]);
});

test("on a narrow screen each room has its reason below it", () => {
  expect(renderTable(picture(), sceneOf({ width: 80 })).slice(2, 8)).toEqual([
    "NODE          MODE         SINCE    degC   SET  COMPR  BUFFER",
    "cold-room-1   connected     0:12    4.20     4  on          7",
    "  4.2 is within 0.5 of 4: left on",
    "cold-room-2   autonomous    1:11   -3.50     4  off     1,240",
    "  the lease lapsed; 3.4 is below 4 by more than 0.5",
    "cold-room-3   starting",
  ]);
});

describe("whatever happens, the table", () => {
  const event = (text: string) => ({ at: now, room: "cold-room-1", text });

  test("is never wider or higher than the screen, and colours do not change that", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 5, max: 60 }),
        fc.array(fc.string({ maxLength: 200 }), { maxLength: 20 }),
        fc.constantFrom("", "waits for the buffers; q again to skip"),
        (width, rows, texts, notice) => {
          const full = picture({ rows, notice, events: texts.map(event) });
          const lines = renderTable(full, sceneOf({ width, paint: colourful }));
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  test("shows the newest events when there are too many", () => {
    const events = Array.from({ length: 30 }, (_, index) => event(`event ${index}`));
    const lines = renderTable(picture({ events }), sceneOf({ width: 80 }));
    expect(lines.at(-1)).toContain("event 29");
    expect(lines.filter((line) => line.includes(" event "))).toHaveLength(8);
  });
});
