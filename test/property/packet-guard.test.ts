import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Guard, guardChunk, guardStart } from "#broker/packet-guard.ts";
import { limits } from "#src/contract/limits.ts";
import {
  connect,
  disconnect,
  pingreq,
  puback,
  publish,
  pubrel,
  stream,
  subscribe,
  unsubscribe,
} from "#test/unit/broker/packets.ts";

const level = fc.stringMatching(/^[a-zé東 _-]{1,12}$/);
const topic = fc.array(level, { minLength: 1, maxLength: 6 }).map((levels) => levels.join("/"));
const filters = fc.array(
  topic.chain((said) => fc.constantFrom(said, `+/${said}`, `${said}/#`)),
  { minLength: 1, maxLength: 5 },
);
const id = fc.integer({ min: 1, max: 65_535 });
const published = fc
  .record({
    topic,
    payload: fc.uint8Array({ maxLength: 3_000 }),
    qos: fc.constantFrom(0, 1, 2),
    id,
    retain: fc.boolean(),
  })
  .map(publish);
const sound = fc.oneof(
  { weight: 4, arbitrary: published },
  fc.tuple(filters, id).map(([some, number]) => subscribe(some, number)),
  fc.tuple(filters, id).map(([some, number]) => unsubscribe(some, number)),
  id.map(puback),
  id.map(pubrel),
  fc.constant(pingreq),
);
const conversation = fc
  .tuple(fc.array(sound, { maxLength: 12 }), fc.boolean())
  .map(([packets, ends]) => stream(connect(), ...packets, ...(ends ? [disconnect] : [])));
const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 });

interface Outcome {
  readonly passed: Uint8Array;
  readonly refused: string | undefined;
  readonly guard: Guard;
  /** The most that was held back. */
  readonly held: number;
}

/** The stream in pieces of these lengths, over and over. */
function run(bytes: Uint8Array, lengths: readonly number[]): Outcome {
  let guard = guardStart();
  let refused: string | undefined;
  let held = 0;
  const passed: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    const judged = guardChunk(guard, bytes.subarray(at, at + length));
    guard = judged.guard;
    refused ??= judged.refused;
    held = Math.max(held, guard.held.length);
    passed.push(judged.pass);
    at += length;
  }
  return { passed: stream(...passed), refused, guard, held };
}

const mutated = fc
  .tuple(
    conversation,
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }),
  )
  .map(([bytes, changes]) => {
    const wrong = Uint8Array.from(bytes);
    for (const [place, value] of changes) wrong[place % wrong.length] = value;
    return wrong;
  });

describe("the packet guard", () => {
  test("PG1: what is sound passes unchanged, however it is cut", () => {
    fc.assert(
      fc.property(conversation, cuts, (bytes, lengths) => {
        const { passed, refused, guard } = run(bytes, lengths);
        expect(refused).toBeUndefined();
        expect(passed).toEqual(bytes);
        expect(guard.held).toHaveLength(0);
      }),
      { numRuns: 150 },
    );
  });

  test("PG1, PG2: any bytes get one verdict, and pass the same, however they are cut", () => {
    fc.assert(
      fc.property(mutated, cuts, (bytes, lengths) => {
        const whole = run(bytes, [bytes.length]);
        const cut = run(bytes, lengths);
        expect(cut.refused).toBe(whole.refused);
        expect(cut.passed).toEqual(whole.passed);
        expect(cut.guard).toEqual(whole.guard);
        expect(bytes.subarray(0, cut.passed.length)).toEqual(cut.passed);
      }),
      { numRuns: 400 },
    );
  });

  test("PG3: no bytes make it hold more than its bound, nor throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(mutated, fc.uint8Array({ maxLength: 20_000 }), hostile()),
        cuts,
        (bytes, lengths) => {
          const { held, passed } = run(bytes, lengths);
          expect(held).toBeLessThanOrEqual(limits.packetBytesBeforeConnect);
          expect(passed.length).toBeLessThanOrEqual(bytes.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** A CONNECT and then a packet that announces much and brings other things. */
function hostile(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(
      fc.constantFrom(0x30, 0x32, 0x82, 0xa2, 0x40, 0x10),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ maxLength: 12_000 }),
    )
    .map(([first, size, rest]) => stream(connect(), [first], size, rest));
}
