import type { DeviceFault } from "#firmware-sim/device-fault.ts";
import type { FaultKind } from "./fault-plan.ts";

/**
 * What a fault needs besides its moments, where it comes from a file.
 *
 * FC1  A fault without what its kind needs is refused, and told what that is.
 */
type Check = (said: Record<string, unknown>) => string | undefined;

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

const index =
  (name: "node" | "region"): Check =>
  (said) =>
    isWhole(said[name]) ? undefined : `needs ${name}, an index from 0 on`;

const number =
  (name: string): Check =>
  (said) =>
    isNumber(said[name]) ? undefined : `needs ${name}, a number`;

const oneOf =
  (name: string, ...words: readonly string[]): Check =>
  (said) =>
    words.includes(String(said[name])) ? undefined : `needs ${name}, one of ${words.join(", ")}`;

const all =
  (...checks: readonly Check[]): Check =>
  (said) => {
    for (const check of checks) {
      const why = check(said);
      if (why !== undefined) return why;
    }
    return undefined;
  };

const transaction: Check = ({ transaction: nth }) =>
  isWhole(nth) ? undefined : "needs transaction, a whole number; 0 is at once";

/** What each fault of a device needs: texts and numbers. */
const deviceFaults: Readonly<Record<DeviceFault["kind"], Check>> = {
  stuck: (said) => (isText(said["signal"]) ? undefined : "needs a signal"),
  offset: all((said) => deviceFaults.stuck(said), number("by")),
  drift: all((said) => deviceFaults.stuck(said), number("perHour")),
  noise: all((said) => deviceFaults.stuck(said), number("times")),
  "stuck-actuator": (said) => deviceFaults.stuck(said),
  dropout: () => undefined,
  slow: number("millis"),
};

const onDevice =
  (...kinds: readonly DeviceFault["kind"][]): Check =>
  ({ device, fault }) => {
    if (!isText(device)) return "needs device, a name";
    if (typeof fault !== "object" || fault === null) return "needs fault, an object";
    const said = fault as Record<string, unknown>;
    const kind = kinds.find((one) => one === said["kind"]);
    if (kind === undefined) return `needs a fault whose kind is one of ${kinds.join(", ")}`;
    const why = deviceFaults[kind](said);
    return why === undefined ? undefined : `has a fault that ${why}`;
  };

const how = oneOf("how", "killed", "power");
const state = oneOf("state", "full", "read-only");
const node = index("node");
const region = index("region");

/** Kinds that are not here need no more than whom they befall. */
const checks: Readonly<Partial<Record<FaultKind, Check>>> = {
  cut: all(node, oneOf("way", "both", "up", "down")),
  "broker-crash": all(region, how),
  "region-crash": all(region, how),
  "node-crash": node,
  "node-power": all(node, transaction, oneOf("side", "before", "after")),
  "node-pause": node,
  disk: all(node, state),
  "region-disk": all(region, state),
  "region-cut": all(region, oneOf("way", "both", "up", "down")),
  "slow-network": all(node, number("tail"), number("loss")),
  suspend: node,
  "bit-rot": all(node, number("place")),
  "torn-write": all(node, number("points")),
  "wall-step": all(node, number("by")),
  drift: all(node, number("ppm")),
  dropout: all(node, onDevice("dropout", "slow")),
  sensor: all(node, onDevice("stuck", "offset", "drift", "noise")),
  actuator: all(node, onDevice("stuck-actuator")),
  clone: node,
};

const either: Check = (said) =>
  node(said) === undefined || region(said) === undefined ? undefined : "befalls no node or region";

/** Why this is no fault of its kind; undefined when it is one. */
export const faultMisfit = (kind: FaultKind, said: Record<string, unknown>): string | undefined =>
  (checks[kind] ?? either)(said);
