import { z } from "zod";
import { hours, millis, minutes, seconds } from "#src/base/units.ts";
import { id, idOf } from "./config-ids.ts";
import { InputTopic, MqttDevice, OutputTopic } from "./config-mqtt.ts";
import { because } from "./config-problem.ts";
import { safeState, safeStateOrKeep } from "./config-safety.ts";
import { duration, durationOr, type Quantity, quantity } from "./quantity.ts";
import { isBit, registerKinds, registerTypes, widthOf } from "./registers.ts";

/** What a site file says of its devices and of the signals on them. */

const Register = z
  .strictObject({
    kind: z.enum(registerKinds).meta({
      description: "coil and holding can be written; discrete and input only read.",
    }),
    address: z.int().min(0).max(65_535).meta({ description: "Zero-based address on the wire." }),
    type: z.enum(registerTypes).optional().meta({
      description: "How the words are read. Bits are always bit; the others default to int16.",
    }),
    wordOrder: z.enum(["big", "little"]).default("big").meta({
      description: "Which word of a 32-bit value comes first; vendors differ.",
    }),
    scale: z
      .number()
      .refine((scale) => scale !== 0, {
        message: "0 would erase the value",
        params: because(
          "CONFIG_BOUNDS",
          "write what one step of the register is worth, such as 0.1",
        ),
      })
      .default(1)
      .meta({
        description: "Engineering value = raw · scale + offset.",
      }),
    offset: z.number().default(0).meta({ description: "Added after scaling." }),
  })
  .transform((said, context) => {
    const type = said.type ?? (isBit(said.kind) ? "bit" : "int16");
    if ((type === "bit") !== isBit(said.kind)) {
      context.addIssue({
        code: "custom",
        path: ["type"],
        message: `a ${said.kind} register cannot hold ${type}`,
        params: because(
          "CONFIG_CONFLICT",
          "bits live in coil and discrete registers, numbers in input and holding",
        ),
      });
      return z.NEVER;
    }
    if (said.address + widthOf({ type }) > 65_536) {
      context.addIssue({
        code: "custom",
        path: ["address"],
        message: `${type} takes two registers, and ${said.address} is the last there is`,
        params: because("CONFIG_BOUNDS", "choose a lower address, or a type of 16 bits"),
      });
      return z.NEVER;
    }
    return { ...said, type };
  })
  .meta({ description: "Where in the device the value is." });

const ModbusDevice = z.strictObject({
  driver: z.literal("modbus-tcp").meta({ description: "The protocol the device speaks." }),
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .meta({ description: "Name or address of the device." }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(502)
    .meta({ description: "TCP port; 502 is Modbus' own." }),
  unit: z.int().min(0).max(255).default(1).meta({ description: "Unit id behind the address." }),
  timeout: durationOr(millis(500), {
    min: millis(20),
    max: seconds(30),
    reason: "A request without an answer is given up after this long; the value then ages.",
  }),
  poll: durationOr(millis(500), {
    min: millis(10),
    max: minutes(10),
    reason: "How often the device's inputs are read, where an input does not say its own.",
  }),
});

export const Device = z.discriminatedUnion("driver", [ModbusDevice, MqttDevice]);

export const Input = z.strictObject({
  device: idOf("Which device it is read from."),
  register: Register.optional(),
  topic: InputTopic.optional(),
  unit: z
    .string()
    .min(1)
    .max(16)
    .optional()
    .meta({ description: "Unit of the value, such as degC." }),
  range: z.tuple([quantity("Least."), quantity("Greatest.")]).meta({
    description: "Values outside are the sensor's fault and are never controlled on.",
  }),
  maxAge: durationOr(seconds(5), {
    min: millis(50),
    max: minutes(60),
    reason: "A value older than this is stale and no longer controlled on.",
  }),
  poll: duration({ min: millis(10), max: minutes(10), reason: "Own poll period." }).optional(),
  offset: quantity("Calibration: added to what the sensor says.").optional(),
  maxRate: z.number().positive().optional().meta({
    description:
      "Fastest credible change, in units per second; a faster one is the sensor's fault.",
  }),
  frozen: duration({
    min: seconds(1),
    max: hours(24),
    reason:
      "A value that has not changed at all for this long, though it was read, is the sensor's fault.",
  }).optional(),
  substitute: z
    .strictObject({
      for: duration({ min: seconds(1), max: hours(24), reason: "At most this long." }),
      value: quantity("What is used; the last good value where not said.").optional(),
    })
    .optional()
    .meta({ description: "What loops use meanwhile, when the sensor is not good." }),
});

export const Output = z.strictObject({
  device: idOf("Which device it is written to."),
  register: Register.optional(),
  topic: OutputTopic.optional(),
  unit: z.string().min(1).max(16).optional().meta({ description: "Unit of the value." }),
  bounds: z
    .tuple([quantity("Least."), quantity("Greatest.")])
    .optional()
    .meta({
      description: "No value outside is ever written, whoever asks. A coil has 0 … 1.",
    }),
  safe: quantity(
    "Written when nothing better is known: a bad sensor, a crashed loop, an orderly stop.",
  ),
  onSensorBad: safeState("What it does while its loop's input is not good, or its loop failed."),
  onPartition: safeStateOrKeep("What it does once the region's lease has lapsed."),
  onAgentLoss: z.enum(["hold", "safe"]).meta({
    description:
      "What the output should do when this program stops: keep its value, or go to its safe value.",
  }),
  minOn: durationOr(millis(0), {
    min: millis(0),
    max: minutes(120),
    reason: "Shortest run of the machine behind it; protects a compressor.",
  }),
  minOff: durationOr(millis(0), {
    min: millis(0),
    max: minutes(120),
    reason: "Shortest pause, kept over restarts too.",
  }),
  startsPerHour: z.int().min(1).max(3_600).optional().meta({
    description: "Starts in any hour, at most; kept over restarts too.",
  }),
  rate: z.number().positive().optional().meta({
    description: "Fastest change, in units per second; towards safety it is not slowed.",
  }),
  follow: idOf(
    "An input or a signal whose value it takes, where no loop drives it; kept within its bounds.",
  ).optional(),
  select: z.enum(["min", "max"]).optional().meta({
    description: "Of several loops that drive it, the one that asks least, or most, wins.",
  }),
  verify: durationOr(seconds(10), {
    min: millis(100),
    max: minutes(60),
    reason: "An actuator whose read-back does not follow within this time raises an alarm.",
  }),
  refresh: durationOr(seconds(2), {
    min: millis(100),
    max: minutes(10),
    reason:
      "An unchanged value is written again this often: it heals a device that restarted and feeds its watchdog.",
  }),
});

/** Bulkheads between loops, in the order in which a turn serves them. */
export const loopClasses = ["safety", "control", "advisory"] as const;
export type LoopClass = (typeof loopClasses)[number];

const loopBase = {
  input: idOf("The process value: an input or a signal."),
  output: idOf(
    "What the loop drives: an output or a drive. Without it, another loop follows this one.",
  ).optional(),
  follow: idOf(
    "Takes its own setpoint from a signal (a schedule), or from what another loop asks (cascade).",
  ).optional(),
  setpoint: quantity(
    "Where the loop holds the process value when nobody with authority says otherwise.",
  ),
  safeSetpoint: quantity(
    "The setpoint once the autonomy budget is spent; where not said it goes on with its setpoint, or with what it follows.",
  ).optional(),
  bounds: z.tuple([quantity("Least."), quantity("Greatest.")]).meta({
    description: "Setpoints outside are refused, whoever sends them.",
  }),
  envelope: z
    .tuple([quantity("Least."), quantity("Greatest.")])
    .optional()
    .meta({
      description: "Narrower bounds of the setpoint, in force while the node is by itself.",
    }),
  setpointRate: z.number().positive().optional().meta({
    description: "Fastest change of the setpoint, in units per second.",
  }),
  period: durationOr(seconds(1), {
    min: millis(1),
    max: minutes(10),
    reason: "How often the loop decides, on an absolute schedule.",
  }),
  class: z.enum(loopClasses).default("control").meta({
    description:
      "Within a turn safety loops come first, then control; advisory ones have what time is left.",
  }),
  budget: duration({
    min: millis(1),
    max: seconds(1),
    reason:
      "Longest step; a loop that keeps exceeding it runs less often. Half the period where not said, at most 10ms.",
  }).optional(),
  onChange: z.boolean().default(false).meta({
    description: "Decides at once when its input brings a new value, besides its period.",
  }),
  action: z.enum(["direct", "reverse"]).meta({
    description:
      "direct: more output when the value is above the setpoint (cooling). reverse: more when below (heating).",
  }),
};

const OnOff = z.strictObject({
  kind: z.literal("on-off").meta({ description: "Switches between two values." }),
  ...loopBase,
  deadband: quantity(
    "Full width of the band around the setpoint in which the output is left as it is.",
  ),
});

const gain = z
  .number()
  .positive()
  .meta({ description: "Kc, output units per input unit; the sign comes from action." });
const integralTimes = { min: millis(100), max: minutes(600) };
const derivativeTimes = { min: millis(0), max: minutes(600) };

const Pid = z.strictObject({
  kind: z.literal("pid").meta({ description: "Modulates between the output's bounds." }),
  ...loopBase,
  gain,
  integralTime: duration({
    ...integralTimes,
    reason: "Ti of the standard form; without it the controller has no integral part.",
  }).optional(),
  derivativeTime: durationOr(millis(0), {
    ...derivativeTimes,
    reason: "Td of the standard form, on the process value, filtered with Td/10.",
  }),
  setpointWeight: z.number().min(0).max(1).default(1).meta({
    description:
      "How much of a setpoint's step the proportional part sees; 1 without an integral part.",
  }),
  feedForward: z
    .strictObject({
      input: idOf("The disturbance that is measured: an input or a signal."),
      gain: z.number().meta({ description: "Output units per unit of it." }),
      lead: durationOr(millis(0), {
        min: millis(0),
        max: minutes(600),
        reason: "Time constant of the process from its output.",
      }),
      lag: durationOr(millis(0), {
        min: millis(0),
        max: minutes(600),
        reason: "Time constant of the process from the disturbance.",
      }),
    })
    .optional()
    .meta({ description: "Acts on a disturbance before it shows." }),
  schedule: z
    .strictObject({
      input: idOf("The slow variable: an input or a signal."),
      points: z
        .array(
          z.strictObject({
            at: z.number().meta({ description: "Value of the slow variable." }),
            gain,
            integralTime: duration({
              ...integralTimes,
              reason: "Ti there; that of the loop where not said.",
            }).optional(),
            derivativeTime: duration({
              ...derivativeTimes,
              reason: "Td there; that of the loop where not said.",
            }).optional(),
          }),
        )
        .min(2)
        .max(16)
        .meta({ description: "In ascending order; between them it is linear." }),
    })
    .optional()
    .meta({ description: "Gain scheduling: other parameters at other points of operation." }),
});

export const Loop = z.discriminatedUnion("kind", [OnOff, Pid]);

export const Simulated = z.strictObject({
  plant: z
    .enum([
      "cold-room",
      "tank",
      "hvac-two-zone",
      "refrigeration-rack",
      "air-handler",
      "pump-station",
      "solar-battery",
      "ev-charging",
    ])
    .meta({ description: "The physics behind the device." }),
  speed: z
    .number()
    .min(0.1)
    .max(1_000)
    .default(1)
    .meta({ description: "Seconds of the plant in one real second." }),
  seed: z.int().min(0).max(0xffff_ffff).default(1).meta({
    description: "Of noise, doors and weather: the same seed gives the same story.",
  }),
  signals: z.record(id, z.string()).meta({
    description:
      "Which sensor or actuator of the plant stands behind each input and output of this device.",
  }),
  watchdog: durationOr(seconds(10), {
    min: seconds(1),
    max: minutes(10),
    reason:
      "The device puts its outputs to 0 after this long without a write, as field devices do.",
  }),
});

export type DeviceSaid = z.infer<typeof Device>;
export type InputSaid = z.infer<typeof Input>;
export type OutputSaid = z.infer<typeof Output>;
export type LoopSaid = z.infer<typeof Loop>;
export type SimulatedSaid = z.infer<typeof Simulated>;
export type { Quantity };
