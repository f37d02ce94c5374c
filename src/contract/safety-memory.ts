import { z } from "zod";
import { limits } from "./limits.ts";

/** A person has taken an output, or all of a node's, out of service. */
export const Kill = z.object({
  /** All where not said. */
  output: z.string().optional(),
  owner: z.string(),
  reason: z.string(),
  /** Milliseconds since 1970 UTC. */
  at: z.number(),
});
export type Kill = z.infer<typeof Kill>;

/** What safety must not forget over a restart. */
export const SafetyMemory = z.object({
  /** Interlocks that are tripped, by name; the first that tripped stands first. */
  latched: z.array(z.string()).readonly(),
  /** Those of them that tripped for want of a value alone. */
  blind: z.array(z.string()).readonly().default([]),
  kills: z.array(Kill).readonly(),
  /** Starts in the last hour, by output whose machine may not start more often: instants of `computer`. */
  starts: z.record(z.string(), z.array(z.number()).readonly()).readonly(),
  /** Milliseconds that machines which take turns have run, by output, in whole `ranStep`s. */
  ran: z.record(z.string(), z.number()).readonly().default({}),
  /** The run of the computer on whose monotonic clock they were; "" when it is not known. */
  computer: z.string(),
});
export type SafetyMemory = z.infer<typeof SafetyMemory>;

/** Of a node whose memory cannot be read: what was killed is not known, and so all of it is. */
export const safetyLost = (why: string, at: number): SafetyMemory => ({
  ...nothingLatched,
  kills: [
    {
      owner: "holdfast",
      reason: `safety memory lost: ${why}`.slice(0, limits.reasonCharacters),
      at,
    },
  ],
});

export const nothingLatched: SafetyMemory = {
  latched: [],
  blind: [],
  kills: [],
  starts: {},
  ran: {},
  computer: "",
};
