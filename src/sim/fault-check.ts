import { type DeviceFault, slowest } from "#firmware-sim/device-fault.ts";
import { hours, seconds } from "#src/base/units.ts";
import type { FaultKind, PlannedFault } from "./fault-plan.ts";

/**
 * What a fault needs besides its moments, where it comes from a file.
 *
 * FC1  A fault without what its kind needs, with a figure that makes no sense, or with more than its
 *      kind knows is refused, and told what that is.
 */
type Check = (value: unknown) => string | undefined;

type Fields = Readonly<Record<string, Check>>;
type FieldsOf<F> = { readonly [name in Exclude<keyof F, "kind" | "at" | "until">]: Check };

const when = (fits: boolean, what: string): string | undefined => (fits ? undefined : what);
const index: Check = (value) => when(isWhole(value) && Number(value) >= 0, "an index from 0 on");
const name: Check = (value) => when(typeof value === "string" && value !== "", "a name");
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    when(typeof value === "string" && words.includes(value), `one of ${words.join(", ")}`);
const number =
  (least: number, most: number): Check =>
  (value) =>
    when(isWithin(value, least, most), `a number within ${least} … ${most}`);
const whole =
  (least: number, most: number): Check =>
  (value) =>
    when(
      isWhole(value) && isWithin(value, least, most),
      `a whole number within ${least} … ${most}`,
    );

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isWithin = (value: unknown, least: number, most: number): boolean =>
  typeof value === "number" && value >= least && value <= most;

const century = hours(24 * 36_525);
const anyValue = number(-1e9, 1e9);

const deviceFaults: {
  readonly [kind in DeviceFault["kind"]]: FieldsOf<DeviceFault & { readonly kind: kind }>;
} = {
  stuck: { signal: name },
  offset: { signal: name, by: anyValue },
  drift: { signal: name, perHour: anyValue },
  noise: { signal: name, times: number(0, 1e6) },
  "stuck-actuator": { signal: name },
  dropout: {},
  slow: { millis: number(0, slowest) },
};

const deviceFault =
  (...kinds: readonly DeviceFault["kind"][]): Check =>
  (value) => {
    if (typeof value !== "object" || value === null) return "an object";
    const said = value as Record<string, unknown>;
    const kind = kinds.find((one) => one === said["kind"]);
    if (kind === undefined) return `one whose kind is one of ${kinds.join(", ")}`;
    const why = misfitOf(deviceFaults[kind], said, ["kind"]);
    return why === undefined ? undefined : `one that fits, and this ${why}`;
  };

const node = index;
const region = index;
const device = name;
const way = oneOf("both", "up", "down");
const how = oneOf("killed", "power");
const state = oneOf("full", "read-only");

const checks: {
  readonly [kind in FaultKind]: FieldsOf<PlannedFault & { readonly kind: kind }>;
} = {
  cut: { node, way },
  "broker-crash": { region, how },
  "region-crash": { region, how },
  "node-crash": { node },
  "node-power": { node, transaction: whole(0, 1e6), side: oneOf("before", "after") },
  "node-pause": { node },
  disk: { node, state },
  "wall-step": { node, by: number(-century, century) },
  drift: { node, ppm: number(-400_000, 400_000) },
  dropout: { node, device, fault: deviceFault("dropout", "slow") },
  sensor: { node, device, fault: deviceFault("stuck", "offset", "drift", "noise") },
  actuator: { node, device, fault: deviceFault("stuck-actuator") },
  clone: { node },
  ghost: { region },
  poison: { region },
  "region-disk": { region, state },
  "region-cut": { region, way },
  "slow-network": { node, tail: number(0, seconds(10)), loss: whole(0, 512) },
  suspend: { node },
  "bit-rot": { node, place: whole(0, 1_023) },
  "torn-write": { node, points: whole(0, 1e6) },
  "narrow-network": { node, bandwidth: number(0.1, 1e6) },
  "broker-repeat": { region, share: whole(0, 1_024) },
};

/** Why this is no fault of its kind; undefined when it is one. */
export const faultMisfit = (kind: FaultKind, said: Record<string, unknown>): string | undefined =>
  misfitOf(checks[kind], said, ["kind", "at", "until"]);

function misfitOf(
  fields: Fields,
  said: Record<string, unknown>,
  besides: readonly string[],
): string | undefined {
  for (const [field, check] of Object.entries(fields)) {
    const wanted = check(said[field]);
    if (wanted !== undefined) return `needs ${field}, ${wanted}`;
  }
  const foreign = Object.keys(said).find(
    (field) => !Object.hasOwn(fields, field) && !besides.includes(field),
  );
  return foreign === undefined ? undefined : `has ${foreign}, which its kind does not know`;
}
