import { expect, test } from "vitest";
import { regionClientId } from "#src/contract/client-id.ts";
import { channels } from "#src/contract/topics.ts";
import { encodeMessage } from "#src/contract/wire.ts";
import { batch, lease, link, Member, region, Stage } from "./stage.ts";

test("VB1: a subscriber hears what came after it subscribed, in order", () => {
  const stage = new Stage().join();
  for (let base = 1; base <= 50; base += 1) stage.node.bus.publish(batch("n1", base));
  stage.pass(1_000);
  expect(stage.region.bases).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
});

test("VB2: who is taken over leaves its Will, before its successor says anything", () => {
  const stage = new Stage().join();
  stage.node.process.machine.losePower();
  const next = stage.add("n1");
  next.open();
  stage.pass(500);
  next.bus.publish(link("n1", "up"));
  stage.pass(500);
  expect(stage.region.links).toEqual(["down", "up"]);
  expect(stage.broker.counters.sessions).toBe(2);
});

test("VB3: what is retained comes with the session, newest only", () => {
  const stage = new Stage().join();
  stage.node.bus.publish(link("n1", "down"));
  stage.node.bus.publish(link("n1", "up"));
  stage.pass(500);
  const late = new Member(stage, regionClientId(region, "c2"), { region }, 3);
  late.open();
  stage.pass(500);
  expect(late.links).toEqual(["up"]);
});

test("VB3: bytes that somebody left behind are refused by who finds them", () => {
  const stage = new Stage();
  const topic = channels.lease.topic.format({ region });
  const { payload } = encodeMessage(lease);
  stage.broker.plant({ topic, payload, qos: 0, retain: true });
  stage.join();
  stage.pass(500);
  expect(stage.node.refusals.map(({ code }) => code)).toEqual(["MESSAGE_RETAINED"]);
  expect(stage.node.messages).toEqual([]);
});

test("VB4: a subscriber that does not read is dropped, and nobody else", () => {
  const stage = new Stage({ queue: 20 }).join();
  const other = stage.add("n2");
  other.open();
  stage.pass(500);
  stage.node.process.pause();
  for (let i = 0; i < 30; i += 1) {
    stage.region.bus.publish(lease);
    stage.pass(10);
  }
  stage.pass(100);
  // The region and n2 are left.
  expect(stage.broker.counters.sessions).toBe(2);
  expect(other.messages).toHaveLength(30);
});

test("VB5: nobody says what is not for it", () => {
  const stage = new Stage().join();
  stage.node.bus.publish(batch("n2", 1));
  stage.node.bus.publish(lease);
  stage.pass(500);
  expect(stage.region.messages).toEqual([]);
  expect(stage.broker.counters.refused).toBe(2);
});

test.each(["killed", "power"] as const)(
  "VB6: a broker that ends (%s) forgets all, says no Will, and is found again",
  (how) => {
    const stage = new Stage().join();
    stage.node.bus.publish(link("n1", "up"));
    stage.pass(500);
    expect(stage.broker.counters).toMatchObject({ sessions: 2, retained: 1 });
    stage.broker.crash(how);
    expect(stage.broker.counters).toMatchObject({ sessions: 0, retained: 0 });
    stage.pass(how === "killed" ? 100 : 25_000);
    expect(stage.node.story).toEqual(["up", "BUS_LOST"]);
    stage.node.open();
    stage.pass(how === "killed" ? 100 : 6_000);
    expect(stage.node.story).toEqual(["up", "BUS_LOST", "BUS_REFUSED"]);
    stage.broker.start();
    stage.node.open();
    stage.pass(100);
    expect(stage.node.story.at(-1)).toBe("up");
    expect(stage.region.links).toEqual(["up"]);
  },
);

test("VB7: a broker that repeats itself gives messages twice, and again after a new session", () => {
  const stage = new Stage({ doubles: 1_024 }).join();
  for (let base = 1; base <= 3; base += 1) stage.node.bus.publish(batch("n1", base));
  stage.pass(500);
  expect(stage.region.bases).toEqual([1, 1, 2, 2, 3, 3]);
  stage.region.bus.sever();
  stage.region.open();
  stage.pass(500);
  expect(stage.region.bases.slice(6)).toEqual([1, 2, 3]);
  stage.broker.repeat(0);
  stage.node.bus.publish(batch("n1", 4));
  stage.region.bus.sever();
  stage.region.open();
  stage.pass(500);
  expect(stage.region.bases.slice(9)).toEqual([]);
});

test("VB7: what has QoS 0 comes once", () => {
  const stage = new Stage({ doubles: 1_024 }).join();
  stage.region.bus.publish(lease);
  stage.pass(500);
  expect(stage.node.messages.filter(({ channel }) => channel === "lease")).toHaveLength(1);
});
