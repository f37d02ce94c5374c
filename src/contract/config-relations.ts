import type { Part } from "./config-parts.ts";
import type { OutputSaid, Quantity } from "./config-points.ts";
import { because, type Path, quote, type Report } from "./config-problem.ts";
import { isSwitch } from "./places.ts";
import { suggest } from "./suggest.ts";

/** How one value of a configuration may depend on another. */

/** The entry a name points at; undefined when it is not there, or was refused itself. */
export function find<T>(
  part: Part<T>,
  name: string | undefined,
  path: Path,
  what: string,
  report: Report,
): Partial<T> | undefined {
  if (name === undefined) return undefined;
  if (part.names !== undefined && !part.names.has(name))
    absent(name, [...part.names], path, what, report, "value");
  return part.sound.get(name);
}

export function absent(
  name: string,
  names: readonly string[],
  path: Path,
  what: string,
  report: Report,
  on: "key" | "value",
): void {
  const suggestion = suggest(name, names);
  const meant = suggestion === undefined ? "" : `, did you mean ${suggestion}?`;
  const few = names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "");
  report(
    path,
    `there is no ${what} ${quote(name)}${meant}`,
    because(
      "CONFIG_REFERENCE",
      names.length > 0 ? `name one that is there: ${few}` : `add one; there is no ${what} yet`,
      { suggestion, on },
    ),
  );
}

export function ordered(range: readonly [Quantity, Quantity], path: Path, report: Report): void {
  const [least, greatest] = range;
  if (least.value < greatest.value) return;
  const swapped = least.value > greatest.value;
  report(
    path,
    `${least.value} … ${greatest.value} is empty`,
    because("CONFIG_BOUNDS", "write the least first and the greatest behind it", {
      suggestion: swapped ? `[${greatest.value}, ${least.value}]` : undefined,
    }),
  );
}

export function within(
  value: number,
  [least, greatest]: readonly [number, number],
  path: Path,
  what: string,
  report: Report,
  widen = `widen ${what}`,
): void {
  // An empty range was reported already, and everything is outside it.
  if (least > greatest || (value >= least && value <= greatest)) return;
  report(
    path,
    `${value} is outside ${what} ${least} … ${greatest}`,
    because("CONFIG_BOUNDS", `choose a value inside, or ${widen}`),
  );
}

/** Half on is nothing that a coil can be. */
export function onOrOff(
  value: number,
  { register, topic }: Partial<OutputSaid>,
  [off, on]: readonly [number, number],
  path: Path,
  report: Report,
): void {
  if (!isSwitch({ register, topic }) || value <= off || value >= on) return;
  report(
    path,
    `${value} is between off and on, and it knows ${off} and ${on} only`,
    because("CONFIG_BOUNDS", `write ${on} to switch it on, ${off} to switch it off`),
  );
}

/** The unit of a signal; unknown where the signal or its unit was refused. */
export type Unit =
  | { readonly kind: "known"; readonly unit: string | undefined }
  | { readonly kind: "unknown" };

export function unitOf<T extends { readonly unit?: string | undefined }>(
  part: Part<T>,
  name: string | undefined,
): Unit {
  const signal = name === undefined ? undefined : part.sound.get(name);
  const isRefused = part.refused.get(name ?? "")?.has("unit") ?? false;
  if (signal === undefined || isRefused) return { kind: "unknown" };
  return { kind: "known", unit: signal.unit };
}

/** Whether the two can be compared. */
export function sameUnit(said: Quantity, of: Unit, path: Path, report: Report): boolean {
  if (of.kind === "unknown" || said.unit === undefined || said.unit === of.unit) return true;
  report(
    path,
    `is in ${said.unit}, but the signal is in ${of.unit ?? "no unit"}`,
    because(
      "CONFIG_UNIT",
      of.unit === undefined
        ? "remove the unit, or give the signal one"
        : `convert it to ${of.unit}: nothing is converted for you`,
    ),
  );
  return false;
}
