import { expect, test } from "vitest";
import { millis, minutes } from "#src/base/units.ts";
import { nodeClientId } from "#src/contract/client-id.ts";
import { batch, lease, link, region, Stage, url } from "./stage.ts";

test("VN1: within a connection nothing is lost, doubled or reordered, however bad the network", () => {
  const quality = { least: millis(5), tail: millis(80), loss: 300, bandwidth: 20 };
  const stage = new Stage({ quality });
  stage.region.open();
  stage.node.open();
  stage.pass(20_000);
  for (let base = 1; base <= 300; base += 1) stage.node.bus.publish(batch("n1", base));
  stage.pass(600_000);
  expect(stage.region.bases).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
});

test("VN1: between connections there is no order", () => {
  const quality = { least: millis(1), tail: millis(50), loss: 0, bandwidth: 0 };
  const stage = new Stage({ quality });
  const other = stage.add("n2");
  stage.region.open();
  stage.node.open();
  other.open();
  stage.pass(5_000);
  for (let base = 1; base <= 40; base += 1) {
    (base % 2 === 0 ? stage.node : other).bus.publish(batch(base % 2 === 0 ? "n1" : "n2", base));
    stage.pass(5);
  }
  stage.pass(5_000);
  expect(stage.region.bases).not.toEqual(stage.region.bases.toSorted((a, b) => a - b));
});

test("VN2: a short cut is only a delay", () => {
  const stage = new Stage().join();
  stage.cut("both");
  stage.node.bus.publish(batch("n1", 1));
  stage.pass(3_000);
  expect(stage.region.bases).toEqual([]);
  stage.heal();
  stage.pass(10_000);
  expect(stage.region.bases).toEqual([1]);
  expect(stage.node.story).toEqual(["up"]);
});

test("VN2: what is on its way when the lane is cut arrives after it is whole again", () => {
  const stage = new Stage().join();
  stage.node.bus.publish(batch("n1", 1));
  stage.cut("up");
  stage.pass(3_000);
  expect(stage.region.bases).toEqual([]);
  stage.heal("up");
  stage.pass(10_000);
  expect(stage.region.bases).toEqual([1]);
});

test("VN2: of cuts that overlap the last one counts", () => {
  const stage = new Stage().join();
  stage.cut("up");
  stage.cut("both");
  stage.heal("both");
  stage.node.bus.publish(batch("n1", 1));
  stage.pass(1_000);
  expect(stage.region.bases).toEqual([]);
  stage.heal("up");
  stage.pass(10_000);
  expect(stage.region.bases).toEqual([1]);
});

test("VN3: traffic of others changes no delay here", () => {
  const arrivals = (others: number): number[] => {
    const { network, world } = new Stage();
    const own = network.path("n1", url).up;
    return Array.from({ length: 20 }, () => {
      for (let i = 0; i < others; i += 1) network.path("n2", url).up.arrival(100);
      return own.arrival(100) - world.now;
    });
  };
  expect(arrivals(3)).toEqual(arrivals(0));
  expect(new Set(arrivals(0)).size).toBeGreaterThan(15);
});

test("CN1: both ends of a cut connection notice by keepalive, and the Will comes once", () => {
  const stage = new Stage().join();
  const from = stage.world.now;
  stage.cut("both");
  stage.pass(4_900);
  expect(stage.node.story).toEqual(["up"]);
  expect(stage.region.links).toEqual([]);
  stage.pass(from + 15_500 - stage.world.now);
  expect(stage.region.links).toEqual(["down"]);
  stage.pass(5_000);
  expect(stage.node.story).toEqual(["up", "BUS_LOST"]);
  stage.heal();
  stage.pass(60_000);
  expect(stage.region.links).toEqual(["down"]);
});

test("CN1: with the way down cut the node is still heard, and leaves by itself", () => {
  const stage = new Stage().join();
  stage.cut("down");
  stage.node.bus.publish(batch("n1", 1));
  stage.pass(1_000);
  expect(stage.region.bases).toEqual([1]);
  stage.pass(25_000);
  expect(stage.node.story).toEqual(["up", "BUS_LOST"]);
  expect(stage.region.links).toEqual(["down"]);
});

test("CN1: with the way up cut the broker gives the node up, which hears it at once", () => {
  const stage = new Stage().join();
  stage.cut("up");
  stage.region.bus.publish(lease);
  stage.pass(1_000);
  expect(stage.node.messages).toEqual([lease]);
  stage.pass(20_000);
  expect(stage.node.story).toEqual(["up", "BUS_LOST"]);
});

test("CN1: a paused process is given up, and finds out when it goes on", () => {
  const stage = new Stage().join();
  stage.node.process.pause();
  stage.region.bus.publish(lease);
  stage.pass(20_000);
  expect(stage.region.links).toEqual(["down"]);
  expect(stage.node.story).toEqual(["up"]);
  stage.node.process.resume();
  stage.pass(1_000);
  expect(stage.node.messages).toEqual([lease]);
  expect(stage.node.story).toEqual(["up", "BUS_LOST"]);
});

test("CN2: a killed process is missed at once, behind what it said; one without power later", () => {
  const killed = new Stage().join();
  killed.node.bus.publish(batch("n1", 1));
  killed.node.process.end("killed");
  killed.pass(100);
  expect(killed.region.messages).toEqual([batch("n1", 1), link("n1", "down")]);
  const dark = new Stage().join();
  dark.node.process.machine.losePower();
  dark.pass(4_900);
  expect(dark.region.links).toEqual([]);
  dark.pass(11_000);
  expect(dark.region.links).toEqual(["down"]);
});

test("a fleet that comes and goes leaves nothing behind", () => {
  const stage = new Stage().join();
  for (let round = 0; round < 50; round += 1) {
    stage.cut(round % 2 === 0 ? "both" : "up");
    stage.pass(minutes(1));
    stage.heal(round % 2 === 0 ? "both" : "up");
    stage.node.open();
    stage.pass(minutes(1));
    expect(stage.node.story.at(-1)).toBe("up");
  }
  stage.node.process.end("killed");
  stage.region.process.end("killed");
  stage.pass(minutes(5));
  expect(stage.world.counters.waiting).toBe(0);
  expect(stage.broker.counters.sessions).toBe(0);
});

test("VN4: bytes queue up before a narrow lane, and go once it is wide again", () => {
  const stage = new Stage().join();
  const place = nodeClientId(region, "n1");
  stage.network.change(place, url, { bandwidth: 0.1 });
  for (let base = 1; base <= 20; base += 1) stage.node.bus.publish(batch("n1", base));
  stage.pass(1_500);
  const few = stage.region.bases.length;
  expect(few).toBeLessThan(10);
  stage.pass(1_500);
  expect(stage.region.bases.length).toBeGreaterThan(few);
  expect(stage.region.bases.length).toBeLessThan(20);
  stage.network.change(place, url, { bandwidth: 0 });
  stage.pass(100);
  expect(stage.region.bases).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});
