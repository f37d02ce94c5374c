import { fault } from "#src/base/fault.ts";
import type { Explanation, NodeStatus, RegionStatus } from "#src/contract/query.ts";
import { now } from "./scene.ts";

const ago = (seconds: number): number => now - seconds * 1_000;

export const cutOffNode: NodeStatus = {
  role: "node",
  node: "cold-room-1",
  region: "demo",
  version: "0.1.0",
  pid: 4711,
  boot: 3,
  at: now,
  control: {
    mode: "autonomous",
    since: ago(360),
    reason: "the lease of demo lapsed: nothing heard for 6 s",
    epoch: 2,
    loops: [
      {
        loop: "cooling",
        kind: "on-off",
        input: "air",
        output: "compressor",
        setpoint: 4,
        authority: "default",
        period: 500,
        class: "control",
        budget: 10,
        cycles: 1_200,
        missed: 0,
        skipped: 0,
        overruns: 0,
        slowdown: 1,
        lateness: { p50: 0.2, p99: 1.25, max: 3 },
        step: { p50: 0.03, p99: 0.1, max: 0.4 },
        tuning: null,
      },
    ],
    inputs: [
      { input: "air", value: 4.27, unit: "degC", quality: "good", age: 120 },
      { input: "product", value: 4.9, unit: "degC", quality: "stale", age: 61_000 },
    ],
    outputs: [
      {
        output: "compressor",
        value: 1,
        unit: null,
        since: ago(4),
        why: "4.62 is above 4 by more than 0.5",
      },
    ],
    interlocks: [],
    kills: [],
  },
  uplink: {
    url: "mqtt://127.0.0.1:1883",
    state: "down",
    since: ago(366),
    why: "no answer to a ping",
  },
  buffer: { produced: 18_500, buffered: 2_520, tombstoned: 0, pending: 7, store: "ok" },
  faults: [
    {
      ...fault("BUS_LOST", { url: "mqtt://127.0.0.1:1883", why: "no answer to a ping" }),
      at: ago(366),
      count: 2,
    },
  ],
};

export const region: RegionStatus = {
  role: "region",
  region: "demo",
  controller: "controller-1",
  version: "0.1.0",
  pid: 4700,
  at: now,
  epoch: 2,
  lease: { held: true, ttl: 6_000, why: "" },
  broker: {
    url: "mqtt://127.0.0.1:1883",
    state: "up",
    since: ago(900),
    why: "",
    embedded: true,
  },
  nodes: [
    {
      node: "cold-room-1",
      link: "down",
      mode: "autonomous",
      reason: "the lease lapsed",
      since: ago(360),
      lastHeard: ago(366),
      delivered: 15_973,
      tombstoned: 0,
      duplicates: 12,
    },
    {
      node: "cold-room-10",
      link: "up",
      mode: "connected",
      reason: "2 renewals heard",
      since: ago(880),
      lastHeard: ago(1),
      delivered: 4_011,
      tombstoned: 3,
      duplicates: 0,
    },
  ],
  grants: [
    {
      node: "cold-room-10",
      loop: "cooling",
      value: 3.5,
      owner: "ada",
      reason: "big delivery",
      until: now + 540_000,
    },
  ],
  faults: [],
};

export const explanation: Explanation = {
  node: "cold-room-1",
  output: "compressor",
  value: 1,
  unit: null,
  since: ago(4),
  at: now,
  mode: "autonomous",
  modeReason: "the lease of demo lapsed",
  because: "4.62 is above 4 by more than 0.5",
  winner: {
    authority: "default",
    value: 1,
    unit: null,
    what: "loop cooling at its own setpoint 4",
  },
  losers: [
    { authority: "grant", value: 3.5, unit: null, what: "the lease it hangs on has lapsed" },
  ],
  inputs: [{ input: "air", value: 4.62, unit: "degC", quality: "good", age: 240 }],
  readBack: 1,
  safe: 0,
  limits: ["bounds 0 … 1", "safe value 0"],
};
