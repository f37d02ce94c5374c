import { describe, expect, test } from "vitest";
import { eventsBetween, type Watch } from "#src/cli/demo/events.ts";
import { type RoomView, startingRoom } from "#src/cli/demo/view.ts";
import { roomOf } from "./rooms.ts";

/** The texts that a run of looks at one room gives. */
function textsOf(...looks: readonly RoomView[]): string[] {
  let watch: Watch = new Map();
  const texts: string[] = [];
  for (const [index, look] of looks.entries()) {
    const before = looks[index - 1];
    const found = eventsBetween(before === undefined ? [] : [before], [look], watch, index);
    watch = found.watch;
    texts.push(...found.events.map(({ text }) => text));
  }
  return texts;
}

describe("a change of mode", () => {
  test("is told with its reason, once", () => {
    const cut = roomOf({ mode: "autonomous", because: "the lease lapsed" });
    expect(textsOf(roomOf(), cut, cut, roomOf())).toEqual([
      "connected → autonomous: the lease lapsed",
      "autonomous → connected: 2 renewals heard",
    ]);
  });

  test("out of nothing is a beginning", () => {
    expect(
      textsOf(startingRoom("cold-room-1"), roomOf({ mode: "local", because: "first boot" })),
    ).toEqual(["is local: first boot"]);
  });
});

describe("a buffer", () => {
  const holding = (buffered: number): RoomView => roomOf({ buffered });

  test("that holds a second or two of points is nothing to tell", () => {
    expect(textsOf(holding(7), holding(30), holding(7))).toEqual([]);
  });

  test("that grows is told once, and once more when it is empty again, with its peak", () => {
    expect(
      textsOf(holding(7), holding(60), holding(140), holding(40), holding(6), holding(30)),
    ).toEqual(["buffers for the region: 60 points wait", "delivered its backlog of 140 points"]);
  });

  test("of a room that does not answer is not guessed at", () => {
    const silent = { ...holding(0), state: "silent" as const };
    expect(textsOf(holding(60), silent)).toEqual([
      "buffers for the region: 60 points wait",
      "does not answer",
    ]);
  });
});

test("a room that falls silent and comes back is told of", () => {
  const silent = roomOf({ state: "silent" });
  expect(textsOf(roomOf(), silent, silent, roomOf())).toEqual(["does not answer", "answers again"]);
});

test("events know their room and their moment", () => {
  const { events } = eventsBetween([roomOf()], [roomOf({ state: "silent" })], new Map(), 42);
  expect(events).toEqual([{ at: 42, room: "cold-room-1", text: "does not answer" }]);
});
