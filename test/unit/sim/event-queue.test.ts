import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue, type Ticket } from "#src/sim/event-queue.ts";

const sleeper = (wake: () => void) => ({ wake });

/** Takes everything there is, as the world does. */
function drain(queue: EventQueue, until = Number.POSITIVE_INFINITY): void {
  for (let at = queue.next(); at <= until && at < Number.POSITIVE_INFINITY; at = queue.next()) {
    queue.shift().wake();
  }
}

test("EQ1: events leave by moment, those of one moment in the order of their adding", () => {
  const queue = new EventQueue();
  const left: string[] = [];
  const moments = [5, 1.5, 1.25, 5, 20_000, 1.25, 1_023, 1_024, 0, 20_000];
  for (const [index, at] of moments.entries()) {
    queue.add(
      at,
      sleeper(() => left.push(`${at}#${index}`)),
    );
  }
  drain(queue);
  expect(left.join(" ")).toBe("0#8 1.25#2 1.25#5 1.5#1 5#0 5#3 1023#6 1024#7 20000#4 20000#9");
});

test("EQ1: what is added for now while now goes on comes after what is there already", () => {
  const queue = new EventQueue();
  const left: string[] = [];
  queue.add(
    3,
    sleeper(() => {
      left.push("first");
      queue.add(
        3,
        sleeper(() => left.push("third")),
      );
    }),
  );
  queue.add(
    3,
    sleeper(() => left.push("second")),
  );
  drain(queue);
  expect(left).toEqual(["first", "second", "third"]);
});

test("EQ2: a cancelled event never leaves, and its ticket harms nobody who got its place", () => {
  const queue = new EventQueue();
  const left: string[] = [];
  const tickets = [2, 2.5, 100, 50_000].map((at) =>
    queue.add(
      at,
      sleeper(() => left.push(`${at}`)),
    ),
  );
  expect(tickets.map((ticket) => queue.cancel(ticket))).toEqual([true, true, true, true]);
  expect(tickets.map((ticket) => queue.cancel(ticket))).toEqual([false, false, false, false]);
  expect(queue.size).toBe(0);
  for (const at of [1, 2, 3, 4])
    queue.add(
      at,
      sleeper(() => left.push(`new ${at}`)),
    );
  for (const ticket of tickets) queue.cancel(ticket);
  drain(queue);
  expect(left).toEqual(["new 1", "new 2", "new 3", "new 4"]);
});

test("EQ2: cancelling for days leaves nothing behind", () => {
  const queue = new EventQueue();
  for (let i = 0; i < 100_000; i += 1)
    queue.cancel(
      queue.add(
        1e7 + i,
        sleeper(() => {}),
      ),
    );
  expect(queue.size).toBe(0);
  expect(queue.next()).toBe(Number.POSITIVE_INFINITY);
});

test("EQ1, EQ2, EQ3: any adding and cancelling leaves as a sorted list would", () => {
  const moment = fc.oneof(
    fc.integer({ min: 0, max: 40 }).map((at) => at / 4),
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 1_000_000 }),
  );
  const step = fc.record({ delay: moment, cancel: fc.nat({ max: 9 }), run: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new EventQueue();
      let model: { at: number; order: number; ticket: Ticket }[] = [];
      let now = 0;
      const left: number[] = [];
      const expected: number[] = [];
      for (const [order, { delay, cancel, run }] of steps.entries()) {
        const at = now + delay;
        const ticket = queue.add(
          at,
          sleeper(() => left.push(order)),
        );
        model.push({ at, order, ticket });
        const victim = model[cancel];
        if (victim !== undefined && cancel > 4) {
          expect(queue.cancel(victim.ticket)).toBe(true);
          model = model.filter((one) => one !== victim);
        }
        if (!run) continue;
        model.sort((one, other) => one.at - other.at || one.order - other.order);
        const first = model.shift();
        expect(queue.next()).toBe(first?.at ?? Number.POSITIVE_INFINITY);
        if (first === undefined) continue;
        now = first.at;
        expected.push(first.order);
        queue.shift().wake();
      }
      model.sort((one, other) => one.at - other.at || one.order - other.order);
      drain(queue);
      expect(left).toEqual([...expected, ...model.map(({ order }) => order)]);
      expect(queue.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});
