import { z } from "zod";
import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { BrokerUrl } from "./broker-url.ts";
import { checkNode } from "./config-checks.ts";
import { id, idOf } from "./config-ids.ts";
import { Device, Input, Loop, Output, Simulated } from "./config-points.ts";
import { because } from "./config-problem.ts";
import { Interlock } from "./config-safety.ts";
import { Drive, Signal } from "./config-signals.ts";
import { limits } from "./limits.ts";
import { durationOr } from "./quantity.ts";

/**
 * The configuration of one process. Unknown keys are errors: a misspelt bound must never pass for
 * a bound that was not wanted.
 */

const bounded = <T extends z.ZodType>(of: T, most: number, what: string, description: string) =>
  z
    .record(id, of)
    .refine((all) => Object.keys(all).length <= most, {
      message: `holds more than ${most} ${what}`,
      params: because("CONFIG_BOUNDS", "give some of them to another node", { on: "key" }),
    })
    .meta({ description: `${description} At most ${most}.` });

const common = {
  region: idOf("The region this process belongs to."),
  data: z.string().min(1).optional().meta({
    description:
      "Folder for the databases. Default: $STATE_DIRECTORY, else $XDG_STATE_HOME/holdfast/<id>.",
  }),
  log: z
    .strictObject({
      level: z.enum(["debug", "info", "warn", "error"]).default("info").meta({
        description: "Least level that is written; one JSON object a line on standard output.",
      }),
    })
    .prefault({})
    .meta({ description: "What the process writes about itself." }),
};

const keepalive = durationOr(seconds(10), {
  min: seconds(2),
  max: minutes(2),
  reason: "MQTT keepalive; a dead connection is noticed after one and a half of it.",
});

export const NodeConfig = z
  .strictObject({
    role: z.literal("node").meta({ description: "What this process is." }),
    node: idOf("This node's id, unique in its region."),
    ...common,
    uplink: z
      .strictObject({
        url: BrokerUrl.meta({ description: "The region's broker." }),
        keepalive,
        sendEvery: durationOr(seconds(10), {
          min: millis(0),
          max: minutes(10),
          reason:
            "Recorded points wait on disk this long for more, so that fewer messages carry them; a full message, and what waited through an outage, goes at once.",
        }),
      })
      .optional()
      .meta({
        description:
          "Where the region is. Without it the node stays local for ever, which is a fine way to run.",
      }),
    devices: bounded(
      Device,
      limits.devicesPerNode,
      "devices",
      "The machines the node talks to, by a name of your choice.",
    ),
    inputs: bounded(
      Input,
      limits.inputsPerNode,
      "inputs",
      "Signals that are read, by name. Every input is recorded, whether a loop uses it or not.",
    ),
    outputs: bounded(
      Output,
      limits.outputsPerNode,
      "outputs",
      "Signals that are written, by name. An output without a loop is kept at its safe value.",
    ),
    signals: bounded(
      Signal,
      limits.signalsPerNode,
      "signals",
      "Values that are computed from inputs and from signals said before them.",
    ).prefault({}),
    loops: bounded(
      Loop,
      limits.loopsPerNode,
      "loops",
      "Each keeps one input at a setpoint by means of one output.",
    ),
    drives: bounded(
      Drive,
      limits.drivesPerNode,
      "drives",
      "Each gives the demand of one loop to several outputs.",
    ).prefault({}),
    interlocks: bounded(
      Interlock,
      limits.interlocksPerNode,
      "interlocks",
      "Each takes outputs from their loops when its rule is true, and after everything else.",
    ).prefault({}),
    autonomy: z
      .strictObject({
        budget: durationOr(hours(12), {
          min: seconds(10),
          max: hours(24 * 30),
          reason:
            "How long the node goes on by itself after the region's lease lapsed, before it takes its safe defaults.",
        }),
      })
      .prefault({})
      .meta({ description: "What the node does without a region." }),
    buffer: z
      .strictObject({
        maxPoints: z.int().min(1_000).max(100_000_000).default(5_000_000).meta({
          description:
            "Points kept for the region; beyond it the oldest become a counted tombstone.",
        }),
      })
      .prefault({})
      .meta({ description: "What is kept for the region while it does not answer." }),
    simulation: z.record(id, Simulated).optional().meta({
      description: "For holdfast devices and holdfast demo only: the plants that play the devices.",
    }),
  })
  // Also where a part was refused: all that is wrong is said at once.
  .superRefine(checkNode, {
    when: ({ value }) => typeof value === "object" && value !== null,
  })
  .meta({ title: "Node", description: "A node agent: devices, signals and loops of one site." });

export const RegionConfig = z
  .strictObject({
    role: z.literal("region").meta({ description: "What this process is." }),
    ...common,
    controller: idOf(
      "Name of this controller in its lease; two controllers of a region differ in it.",
    ).default("controller-1"),
    broker: z
      .strictObject({
        listen: z
          .strictObject({
            host: z.string().min(1).default("127.0.0.1").meta({
              description:
                "Address the embedded broker listens on. It does not authenticate: beyond loopback only in a closed network.",
            }),
            port: z
              .int()
              .min(0)
              .max(65_535)
              .default(1883)
              .meta({ description: "TCP port of the embedded broker; 0 takes a free one." }),
          })
          .optional()
          .meta({ description: "The embedded broker; it runs where no url is said." }),
        url: BrokerUrl.optional().meta({
          description: "Use this broker instead of the embedded one.",
        }),
        keepalive,
      })
      .prefault({})
      .refine((broker) => broker.listen === undefined || broker.url === undefined, {
        message: "has both listen (the embedded broker) and url (another one)",
        params: because("CONFIG_CONFLICT", "remove one of the two", { on: "key" }),
      })
      .meta({ description: "The broker that the region and its nodes meet at." }),
    lease: z
      .strictObject({
        ttl: durationOr(seconds(10), {
          min: seconds(2),
          max: limits.leaseTtl,
          reason: "How long a node obeys after the last renewal it heard.",
        }),
        renew: durationOr(seconds(3), {
          min: millis(500),
          max: minutes(3),
          reason: "How often it is renewed.",
        }),
      })
      .prefault({})
      .refine((lease) => lease.renew * 2 <= lease.ttl, {
        path: ["renew"],
        message: "is more than half of ttl: one lost message would end the lease",
        params: because("CONFIG_BOUNDS", "renew at least twice within ttl"),
      })
      .meta({
        description: "The authority that the region holds over its nodes, and keeps renewing.",
      }),
  })
  .meta({ title: "Region", description: "A region controller: broker, ingest, lease, setpoints." });

export const Config = z.discriminatedUnion("role", [NodeConfig, RegionConfig]);

export type NodeConfig = z.infer<typeof NodeConfig>;
export type RegionConfig = z.infer<typeof RegionConfig>;
export type Config = z.infer<typeof Config>;
