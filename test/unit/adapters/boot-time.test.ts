import { expect, test } from "vitest";
import { bootTime } from "#src/adapters/boot-time.ts";

/** A computer that was up for a minute, at a time of day. */
class Computer {
  monotonic = 60_000;
  wall = 1_790_000_000_000;
  asleep = 0;
  /** Undefined where the system does not say. */
  hidden: number | undefined = 0;
  readonly now = bootTime({
    monotonic: () => this.monotonic,
    wall: () => this.wall,
    uptime: () =>
      this.hidden === undefined ? undefined : this.monotonic + this.asleep - this.hidden,
  });

  pass(length: number): void {
    this.monotonic += length;
    this.wall += length;
  }

  sleep(length: number): void {
    this.asleep += length;
    this.wall += length;
  }
}

test("BT1: what passes while the computer sleeps counts", () => {
  const computer = new Computer();
  expect(computer.now()).toBe(60_000);
  computer.pass(1_000);
  computer.sleep(3_600_000);
  computer.pass(10);
  expect(computer.now()).toBe(3_661_010);
  computer.sleep(30_000);
  expect(computer.now()).toBe(3_691_010);
  computer.pass(500);
  expect(computer.now()).toBe(3_691_510);
});

test("BT1: a program that begins after a sleep reads what one reads that saw it", () => {
  const computer = new Computer();
  computer.now();
  computer.sleep(7_000);
  const later = bootTime({
    monotonic: () => computer.monotonic,
    wall: () => computer.wall,
    uptime: () => computer.monotonic + computer.asleep,
  });
  expect(later()).toBe(computer.now());
});

test("BT2: whoever sets the time of day moves nothing, and a sleep beside it counts all the same", () => {
  const computer = new Computer();
  computer.now();
  for (const step of [3_600_000, -7_200_000, 400]) {
    computer.wall += step;
    computer.pass(1_000);
  }
  expect(computer.now()).toBe(63_000);
  computer.sleep(10_000);
  computer.wall -= 86_400_000;
  expect(computer.now()).toBe(73_000);
});

test("BT2: an uptime that is told a little short takes nothing back", () => {
  const computer = new Computer();
  computer.sleep(10_000);
  expect(computer.now()).toBe(70_000);
  computer.hidden = 10;
  computer.wall += 3_600_000;
  expect(computer.now()).toBe(70_000);
});

test.each([undefined, 1e9])(
  "BT2: where the system does not count it no sleep is known: %s",
  (hidden) => {
    const computer = new Computer();
    computer.hidden = hidden;
    computer.sleep(10_000);
    computer.pass(1_000);
    expect(computer.now()).toBe(61_000);
  },
);
