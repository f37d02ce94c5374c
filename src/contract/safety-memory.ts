import { z } from "zod";

/** What safety must not forget over a restart. */
export const SafetyMemory = z.object({
  /** Interlocks that stay tripped until a person resets them, by name. */
  latched: z.array(z.string()).readonly(),
  /** Starts in the last hour, by output whose machine may not start more often. */
  starts: z.record(z.string(), z.int().min(0)).readonly(),
});
export type SafetyMemory = z.infer<typeof SafetyMemory>;

export const nothingLatched: SafetyMemory = { latched: [], starts: {} };
