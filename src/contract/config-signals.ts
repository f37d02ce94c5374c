import { z } from "zod";
import { millis, minutes, seconds } from "#src/base/units.ts";
import { id, idOf } from "./config-ids.ts";
import { dates } from "./dates.ts";
import { durationOr, quantity } from "./quantity.ts";
import { weekdays } from "./weekdays.ts";

/** Values that are computed, by name, from inputs and from signals said before them. */

const unit = z.string().min(1).max(16).optional().meta({ description: "Unit of the value." });
const members = (least: number) =>
  z.array(id).min(least).max(16).meta({ description: "Inputs or signals, by name." });
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "a time of day is written like 06:30");

const Vote = z.strictObject({
  kind: z.literal("vote").meta({ description: "The median of several sensors of one thing." }),
  of: members(2),
  maxDeviation: quantity("A member farther than this from the median is left out.").optional(),
  least: z
    .int()
    .min(1)
    .max(16)
    .default(2)
    .meta({ description: "With fewer good members the vote is not good." }),
  unit,
});

const Least = z.strictObject({
  kind: z.literal("min").meta({ description: "The least of its members." }),
  of: members(2),
  unit,
});

const Greatest = z.strictObject({
  kind: z.literal("max").meta({ description: "The greatest of its members." }),
  of: members(2),
  unit,
});

const Schedule = z.strictObject({
  kind: z.literal("schedule").meta({ description: "A value by the local time of day." }),
  zone: z.string().min(1).max(64).meta({
    description: "Time zone by its IANA name, such as Europe/Berlin; summer time is observed.",
  }),
  default: quantity("At all other times."),
  at: z
    .array(
      z.strictObject({
        days: z
          .array(z.enum(weekdays))
          .min(1)
          .default([...weekdays])
          .meta({
            description: "Days on which it begins; all where not said.",
          }),
        dates: z.array(dates).min(1).max(64).optional().meta({
          description:
            "Only on these dates does it begin: 2026-12-24, 2026-12-24..2027-01-02, each year 12-24..01-02.",
        }),
        from: clock.meta({ description: "Begins at this local time." }),
        to: clock.meta({ description: "Ends; on the next day where it is not after from." }),
        value: quantity("Meanwhile."),
      }),
    )
    .min(1)
    .max(64)
    .meta({ description: "The first that fits wins; a holiday stands before the week." }),
  unit,
});

const Rule = z.strictObject({
  kind: z.literal("rule").meta({ description: "What the others do not cover, as an expression." }),
  expression: z.string().min(1).max(400).meta({
    description: "A number or a condition over inputs and signals, see docs/rules.md.",
  }),
  unit,
});

export const Signal = z.discriminatedUnion("kind", [Vote, Least, Greatest, Schedule, Rule]);
export type SignalSaid = z.infer<typeof Signal>;

const Split = z.strictObject({
  kind: z.literal("split-range").meta({
    description:
      "One demand of 0 … 1 in ranges of its own to several outputs: cool, nothing, heat.",
  }),
  to: z
    .array(
      z.strictObject({
        output: idOf("Which output."),
        from: z.number().min(0).max(1).meta({ description: "Demand at which it stands at low." }),
        to: z.number().min(0).max(1).meta({ description: "Demand at which it stands at high." }),
        low: quantity("Least of its bounds, where not said.").optional(),
        high: quantity("Greatest of its bounds, where not said.").optional(),
      }),
    )
    .min(1)
    .max(8)
    .meta({ description: "Its outputs." }),
});

const Staging = z.strictObject({
  kind: z.literal("staging").meta({
    description: "One demand of 0 … 1 to several machines that run or stand: lead, lag, standby.",
  }),
  machines: z
    .array(
      z.strictObject({
        output: idOf("The output that runs it."),
        unavailable: idOf("An input or signal that is not 0 while it cannot run.").optional(),
      }),
    )
    .min(1)
    .max(8)
    .meta({ description: "In the order in which they are equal otherwise." }),
  most: z.int().min(1).max(8).optional().meta({
    description: "Machines that run at once, at most; the others stand by. All where not said.",
  }),
  rotate: z.enum(["run-time", "start", "never"]).default("run-time").meta({
    description:
      "Who leads: the one that ran least, the next one at each start, or always the first.",
  }),
  upDelay: durationOr(seconds(30), {
    min: millis(0),
    max: minutes(60),
    reason: "The demand has asked for another machine for as long.",
  }),
  downDelay: durationOr(seconds(30), {
    min: millis(0),
    max: minutes(60),
    reason: "The demand has asked for one machine less for as long.",
  }),
});

export const Drive = z.discriminatedUnion("kind", [Split, Staging]);
export type DriveSaid = z.infer<typeof Drive>;
