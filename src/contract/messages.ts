import { z } from "zod";
import { idPattern } from "#src/base/id.ts";
import { limits } from "./limits.ts";

/**
 * Payloads on the wire, each with its version `v`. Readers ignore keys that they do not know, so
 * that an older node lives with a newer region; they refuse a version that they do not know.
 *
 * Lengths of time are milliseconds, moments milliseconds since 1970 UTC. Every right that a
 * message grants is a length, counted from its receipt: no two clocks need to agree.
 */
const id = z.string().regex(idPattern);
const epoch = z.int().min(1);
const counter = z.int().min(0);
const wall = z.int().min(0);
const text = z.string().max(limits.reasonCharacters);

export const modes = ["local", "connected", "autonomous", "safe"] as const;
export type Mode = (typeof modes)[number];

/**
 * good: fresh and plausible. The others say why a value is not. bad: the device did not give one.
 * substitute: a value that stands in for one that is not good.
 */
export const qualities = ["good", "stale", "range", "bad", "rate", "frozen", "substitute"] as const;
export type Quality = (typeof qualities)[number];

/** Birth and, as the connection's Will, death. A death counts only for the session that was born. */
export const LinkStatus = z.object({
  v: z.literal(1),
  state: z.enum(["up", "down"]),
  boot: counter,
  session: counter,
  version: z.string().max(32),
});

export const ModeStatus = z.object({
  v: z.literal(1),
  boot: counter,
  mode: z.enum(modes),
  reason: text,
  since: wall,
});

/** [seq, moment, series index, value, quality index]; a null value stands for "none". */
const Point = z.tuple([
  z.int().min(1),
  wall,
  z.int().min(0),
  z.number().nullable(),
  z
    .int()
    .min(0)
    .max(qualities.length - 1),
]);

/** Numbers that were given out and will never be delivered, and why. */
export const Tombstone = z.object({
  from: z.int().min(1),
  to: z.int().min(1),
  reason: z.enum(["evicted", "shed", "corrupt"]),
  count: z.int().min(1),
});

/**
 * Points of one boot, in order of seq without gaps but for the tombstones. Everything below `base`
 * was acked before and is gone from the node.
 */
export const MetricBatch = z
  .object({
    v: z.literal(1),
    boot: counter,
    base: z.int().min(1),
    series: z.array(z.string().min(1).max(128)).max(limits.batchPoints),
    points: z.array(Point).max(limits.batchPoints),
    tombstones: z.array(Tombstone).max(limits.batchTombstones),
  })
  .refine(
    (batch) => batch.points.every((point) => point[2] < batch.series.length),
    "a point names a series that is not there",
  );

/** Everything of this boot up to and including `upTo` is committed at the region. */
export const MetricAck = z.object({ v: z.literal(1), boot: counter, upTo: counter });

export const Lease = z.object({
  v: z.literal(1),
  controller: id,
  epoch,
  ttl: z.int().min(1).max(limits.leaseTtl),
});

/** A setpoint as a right with an end. `for` is what is left of it when it is sent. */
export const SetpointGrant = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  epoch,
  value: z.number(),
  for: z.int().min(0).max(limits.grantLength),
  owner: z.string().min(1).max(limits.ownerCharacters),
  reason: text,
});

export const SetpointAnswer = z.object({
  v: z.literal(1),
  id: z.string().min(1).max(64),
  result: z.enum(["accepted", "refused"]),
  code: z.string().max(64).optional(),
  message: z.string().max(400),
});

export type LinkStatus = z.infer<typeof LinkStatus>;
export type ModeStatus = z.infer<typeof ModeStatus>;
export type MetricBatch = z.infer<typeof MetricBatch>;
export type MetricAck = z.infer<typeof MetricAck>;
export type Tombstone = z.infer<typeof Tombstone>;
export type Lease = z.infer<typeof Lease>;
export type SetpointGrant = z.infer<typeof SetpointGrant>;
export type SetpointAnswer = z.infer<typeof SetpointAnswer>;
