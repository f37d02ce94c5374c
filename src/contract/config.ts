import { z } from "zod";
import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { checkNode } from "./config-checks.ts";
import { Device, Input, id, Loop, Output, Simulated } from "./config-points.ts";
import { limits } from "./limits.ts";
import { durationOr } from "./quantity.ts";

/**
 * The configuration of one process. Unknown keys are errors: a misspelt bound must never pass for
 * a bound that was not wanted.
 */

const bounded = <T extends z.ZodType>(of: T, most: number, what: string) =>
  z.record(id, of).refine((all) => Object.keys(all).length <= most, `at most ${most} ${what}`);

const common = {
  region: id.meta({ description: "The region this process belongs to." }),
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
    .prefault({}),
};

const brokerUrl = z
  .string()
  .regex(/^mqtts?:\/\/\S+$/, "a broker is named by mqtt://host:port or mqtts://host:port");

const keepalive = durationOr(seconds(10), {
  min: seconds(2),
  max: minutes(2),
  reason: "MQTT keepalive; a dead connection is noticed after one and a half of it.",
});

export const NodeConfig = z
  .strictObject({
    role: z.literal("node"),
    node: id.meta({ description: "This node's id, unique in its region." }),
    ...common,
    uplink: z
      .strictObject({ url: brokerUrl.meta({ description: "The region's broker." }), keepalive })
      .optional()
      .meta({
        description:
          "Where the region is. Without it the node stays local for ever, which is a fine way to run.",
      }),
    devices: bounded(Device, limits.devicesPerNode, "devices"),
    inputs: bounded(Input, limits.inputsPerNode, "inputs"),
    outputs: bounded(Output, limits.outputsPerNode, "outputs"),
    loops: bounded(Loop, limits.loopsPerNode, "loops"),
    autonomy: z
      .strictObject({
        budget: durationOr(hours(12), {
          min: seconds(10),
          max: hours(24 * 30),
          reason:
            "How long the node goes on by itself after the region's lease lapsed, before it takes its safe defaults.",
        }),
      })
      .prefault({}),
    buffer: z
      .strictObject({
        maxPoints: z.int().min(1_000).max(100_000_000).default(5_000_000).meta({
          description:
            "Points kept for the region; beyond it the oldest become a counted tombstone.",
        }),
      })
      .prefault({}),
    simulation: z.record(id, Simulated).optional().meta({
      description: "For holdfast devices and holdfast demo only: the plants that play the devices.",
    }),
  })
  .superRefine(checkNode)
  .meta({ title: "Node", description: "A node agent: devices, signals and loops of one site." });

export const RegionConfig = z
  .strictObject({
    role: z.literal("region"),
    ...common,
    controller: id.default("controller-1").meta({
      description:
        "Name of this controller in its lease; two controllers of a region differ in it.",
    }),
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
              .meta({ description: "0 takes a free one." }),
          })
          .optional()
          .meta({ description: "Run the embedded broker here." }),
        url: brokerUrl
          .optional()
          .meta({ description: "Use this broker instead of the embedded one." }),
        keepalive,
      })
      .prefault({})
      .refine((broker) => broker.listen === undefined || broker.url === undefined, {
        message: "choose listen (the embedded broker) or url (another one), not both",
      }),
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
        message: "renew at least twice within ttl, or one lost message ends the lease",
      }),
  })
  .meta({ title: "Region", description: "A region controller: broker, ingest, lease, setpoints." });

export const Config = z.discriminatedUnion("role", [NodeConfig, RegionConfig], {
  error: (issue) => (issue.code === "invalid_union" ? "role is one of: node, region" : undefined),
});

export type NodeConfig = z.infer<typeof NodeConfig>;
export type RegionConfig = z.infer<typeof RegionConfig>;
export type Config = z.infer<typeof Config>;
