import { z } from "zod";
import { millis, minutes, seconds } from "#src/base/units.ts";
import { BrokerUrl } from "./broker-url.ts";
import { because } from "./config-problem.ts";
import { limits } from "./limits.ts";
import { durationOr } from "./quantity.ts";

/** What a site file says of devices that speak MQTT, and of the topics of their signals. */

export const MqttDevice = z.strictObject({
  driver: z.literal("mqtt").meta({ description: "A device behind an MQTT broker." }),
  url: BrokerUrl.default("mqtt://127.0.0.1:1883").meta({
    description: "The broker the device speaks to; best one on this very machine.",
  }),
  keepalive: durationOr(seconds(10), {
    min: seconds(2),
    max: minutes(2),
    reason: "MQTT keepalive; a dead connection is noticed after one and a half of it.",
  }),
  timeout: durationOr(seconds(2), {
    min: millis(20),
    max: minutes(1),
    reason: "How long the device may take until its state topic shows what it was told.",
  }),
});

const topicName = z
  .string()
  .min(1)
  .max(limits.topicBytes)
  .refine((name) => !/[+#\0]/.test(name), {
    message: "is a filter of many topics, or holds a zero byte",
    params: because("CONFIG_TYPE", "name one topic, without + and #"),
  })
  .meta({ description: "One topic, such as zigbee2mqtt/cold-room." });

const path = z.string().min(1).max(128).optional().meta({
  description:
    "Where in a JSON payload the value is, keys joined by dots, such as params.temperature; without it the payload is the value.",
});

const scale = z
  .number()
  .refine((said) => said !== 0, {
    message: "0 would erase the value",
    params: because("CONFIG_BOUNDS", "write what one step of the device's number is worth"),
  })
  .default(1)
  .meta({ description: "Engineering value = raw · scale + offset." });

const offset = z.number().default(0).meta({ description: "Added after scaling." });

export const InputTopic = z
  .strictObject({ name: topicName, path, scale, offset })
  .meta({ description: "Where the device says the value; true and on are 1, false and off 0." });

const word = z.string().min(1).max(64);

export const OutputTopic = z
  .strictObject({
    name: topicName,
    path,
    scale,
    offset,
    words: z
      .strictObject({
        on: word.meta({ description: "Said for 1." }),
        off: word.meta({ description: "Said for 0." }),
      })
      .optional()
      .meta({
        description:
          "For a switch that wants words, such as ON and OFF; in JSON, true and false are no text.",
      }),
    qos: z.int().min(0).max(1).default(0).meta({
      description: "1: the broker says that it has the order. It is never retained.",
    }),
    state: z.strictObject({ name: topicName, path }).optional().meta({
      description: "Where the device says what it does; without it nobody can verify the output.",
    }),
  })
  .meta({ description: "Where the device is told the value." });
