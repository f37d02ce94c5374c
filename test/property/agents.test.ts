import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { control } from "#agents/node/control.ts";
import { link } from "#agents/node/link.ts";
import { planLink } from "#agents/node/link-messages.ts";
import { region } from "#agents/region/region.ts";
import { fault } from "#src/base/fault.ts";
import { instant, millis, wallTime } from "#src/base/units.ts";
import { modes } from "#src/contract/messages.ts";
import type { Message } from "#src/contract/topics.ts";
import type { Agent, Effect, Input } from "#src/core/agent.ts";
import { blankMemory, type ControlInput } from "#src/core/control-io.ts";
import type { LinkInput } from "#src/core/link-io.ts";
import type { RegionInput } from "#src/core/region-io.ts";
import { config } from "../unit/agents/region-bench.ts";
import { coldRoom, plan } from "../unit/agents/site.ts";

/** Whatever the world says, in any order and however absurd. */
const few = (...of: readonly string[]) => fc.constantFrom(...of);
const count = fc.integer({ min: 0, max: 2_000 });
const epoch = fc.integer({ min: 1, max: 4 });
const number = fc.oneof(
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -0, 1e308, -1e308, 5e-324),
);
const node = few("room-1", "room-2");
const bus = fc.constantFrom("BUS_LOST" as const, "BUS_REFUSED" as const);
const busDown = bus.map((code) => ({
  kind: "busDown" as const,
  fault: fault(code, { url: "u", why: "w" }),
}));
const storeFault = fault("STORE_FULL", { path: "x" });
const length = fc.integer({ min: 0, max: 600_000 }).map(millis);

const lease = fc
  .record({ v: fc.constant(1 as const), controller: few("c1", "c2"), epoch, ttl: count })
  .map((body): Message => ({ channel: "lease", params: { region: "north" }, body }));

const message: fc.Arbitrary<Message> = fc.oneof(
  lease,
  fc.record({ node, boot: count, upTo: count }).map(
    ({ node: of, boot, upTo }): Message => ({
      channel: "ack",
      params: { region: "north", node: of },
      body: { v: 1, boot, upTo },
    }),
  ),
  fc.record({ node, epoch, value: number, length: count, id: few("a", "b") }).map(
    (said): Message => ({
      channel: "setpoint",
      params: { region: "north", node: said.node, loop: "cooling" },
      body: {
        v: 1,
        id: said.id,
        epoch: said.epoch,
        value: said.value,
        for: said.length,
        owner: "o",
        reason: "r",
      },
    }),
  ),
  fc.record({ node, state: fc.constantFrom("up", "down"), boot: count, session: count }).map(
    ({ node: of, ...said }): Message => ({
      channel: "link",
      params: { region: "north", node: of },
      body: { v: 1, version: "1", ...said },
    }),
  ),
  fc.record({ node, boot: count, mode: fc.constantFrom(...modes), since: count }).map(
    ({ node: of, ...said }): Message => ({
      channel: "mode",
      params: { region: "north", node: of },
      body: { v: 1, reason: "r", ...said },
    }),
  ),
  fc.record({ node, boot: count, base: count }).map(
    ({ node: of, boot, base }): Message => ({
      channel: "metric",
      params: { region: "north", node: of },
      body: { v: 1, boot, base, series: [], points: [], tombstones: [] },
    }),
  ),
  fc
    .record({
      node,
      id: few("a", "b"),
      result: fc.constantFrom("accepted", "refused"),
      code: few("SETPOINT_BOUNDS", "SETPOINT_NO_LEASE", "NONSENSE"),
    })
    .map(
      ({ node: of, ...said }): Message => ({
        channel: "setpointAnswer",
        params: { region: "north", node: of, loop: "cooling" },
        body: { v: 1, message: "m", ...said },
      }),
    ),
);

const grant = fc.record({
  id: few("a", "b"),
  loop: few("cooling", "filling", "none"),
  value: number,
  for: length,
  owner: fc.constant("o"),
  reason: fc.constant("r"),
});

const reading = fc.record({
  value: number,
  quality: fc.constantFrom("good" as const, "bad" as const),
  at: fc.integer({ min: 0, max: 2_000_000 }).map(instant),
});

const controlInput: fc.Arbitrary<ControlInput> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("cycle" as const),
      wall: fc.constant(wallTime(1_790_000_000_000)),
      due: fc.subarray([0, 1]),
      lateness: fc.constant([millis(0), millis(0)]),
      image: fc.record({
        inputs: fc.array(reading, { maxLength: 2 }),
        outputs: fc.array(reading, { maxLength: 3 }),
      }),
    }),
  },
  fc.record({
    kind: fc.constant("lease" as const),
    controller: few("c1", "c2"),
    epoch,
    ttl: length,
  }),
  fc.record({ kind: fc.constantFrom("grant" as const, "override" as const), grant }),
  fc.record({
    kind: fc.constant("release" as const),
    id: few("a"),
    loop: few("cooling", "none"),
  }),
);

const linkInput: fc.Arbitrary<LinkInput> = fc.oneof(
  fc.constantFrom<LinkInput>({ kind: "wake" }, { kind: "busUp" }, { kind: "stop" }),
  fc.constant<LinkInput>({ kind: "storeDown", fault: storeFault }),
  fc
    .record({ buffered: count, epoch })
    .map((said): LinkInput => ({ kind: "storeUp", boot: 4, controller: "c1", ...said })),
  busDown,
  { weight: 4, arbitrary: message.map((said): LinkInput => ({ kind: "message", message: said })) },
  { weight: 4, arbitrary: lease.map((said): LinkInput => ({ kind: "message", message: said })) },
  fc.record({ kind: fc.constant("appended" as const), upTo: count, buffered: count }),
  fc.record({ kind: fc.constant("evicted" as const), count, buffered: count }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("epochKept" as const),
      epoch,
      controller: few("c1", "c2"),
    }),
  },
  fc.record({ shed: count, points: fc.integer({ min: 0, max: 30 }) }).map(
    ({ shed, points }): LinkInput => ({
      kind: "rows",
      shed,
      rows: Array.from({ length: points }, () => ({
        at: wallTime(1),
        series: ["in/air"],
        values: [1],
        qualities: ["good" as const],
      })),
    }),
  ),
);

const wall = fc.integer({ min: 0, max: 2_000_000_000_000 }).map(wallTime);
const regionInput: fc.Arbitrary<RegionInput> = fc.oneof(
  wall.map((at): RegionInput => ({ kind: "wake", wall: at })),
  fc.constant<RegionInput>({ kind: "busUp" }),
  busDown,
  fc.record({ kind: fc.constant("leaseHeld" as const), epoch, wall }),
  fc.constant<RegionInput>({ kind: "leaseLost", fault: storeFault }),
  fc.constant<RegionInput>({ kind: "ingestFailed", fault: storeFault }),
  fc.record({ kind: fc.constant("ingested" as const), node, boot: count, upTo: count }),
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("message" as const), message, wall }),
  },
  fc.record({ node, grant, wall }).map(
    ({ node: of, grant: asked, wall: at }): RegionInput => ({
      kind: "set",
      request: { ...asked, node: of },
      wall: at,
    }),
  ),
);

interface Told<In, Out> {
  readonly input: In;
  readonly effects: readonly Out[];
}

/** Each step is taken twice, from a state that must not change under it. */
function tell<Config, Memory, State, In extends Input, Out extends Effect>(
  agent: Agent<Config, Memory, State, In, Out>,
  given: Config,
  memory: Memory,
  story: readonly (readonly [In, number])[],
): readonly Told<In, Out>[] {
  let now = instant(1_000_000);
  let { state } = agent.start(given, memory, now);
  return story.map(([input, pause]) => {
    now = instant(now + pause);
    const before = structuredClone({ state, input });
    const step = agent.step(given, state, input, now);
    const again = agent.step(given, state, input, now);
    expect(again).toEqual(step);
    expect({ state, input }).toEqual(before);
    state = step.state;
    return { input, effects: step.effects };
  });
}

const storyOf = <In>(input: fc.Arbitrary<In>) =>
  fc.array(fc.tuple(input, fc.integer({ min: 0, max: 20_000 })), { minLength: 20, maxLength: 40 });

describe("AG1, AG2: a step changes nothing, repeats itself, and throws for nothing", () => {
  test("C1: control, which writes nothing outside an output's bounds", () => {
    fc.assert(
      fc.property(storyOf(controlInput), (story) => {
        const told = tell(control, plan, blankMemory, story);
        for (const effect of told.flatMap(({ effects }) => effects)) {
          if (effect.kind !== "actuate") continue;
          const rule = plan.outputs[effect.output];
          expect(effect.value).toBeGreaterThanOrEqual(rule?.min ?? Number.NaN);
          expect(effect.value).toBeLessThanOrEqual(rule?.max ?? Number.NaN);
        }
      }),
    );
  });

  test("L3: link, which passes on no lease lower than one that it passed on", () => {
    const memory = { seed: 7, numbered: 0, mode: undefined };
    fc.assert(
      fc.property(storyOf(linkInput), (story) => {
        let highest = 0;
        for (const { effects } of tell(link, planLink(coldRoom, "1"), memory, story)) {
          for (const effect of effects) {
            if (effect.kind !== "control" || effect.input.kind !== "lease") continue;
            expect(effect.input.epoch).toBeGreaterThanOrEqual(highest);
            highest = effect.input.epoch;
          }
        }
      }),
    );
  });

  test("RG2: region, which says no lease that was not just confirmed", () => {
    fc.assert(
      fc.property(storyOf(regionInput), (story) => {
        for (const { input, effects } of tell(
          region,
          config,
          { seed: 1, nodes: [], grants: [] },
          story,
        )) {
          const leases = effects.filter(
            (effect) => effect.kind === "publish" && effect.message.channel === "lease",
          );
          if (input.kind !== "leaseHeld") expect(leases).toEqual([]);
        }
      }),
    );
  });
});
