import type { Parts } from "./config-parts.ts";
import { because, type Report } from "./config-problem.ts";
import { widthOf } from "./registers.ts";

/** Two signals on the same words would each read, or undo, half of the other. */
export function checkOverlaps(parts: Parts, list: "inputs" | "outputs", report: Report): void {
  const taken = new Map<string, string>();
  for (const [name, { device, register }] of parts[list].sound) {
    if (device === undefined || register === undefined) continue;
    const { kind, address } = register;
    const places = Array.from({ length: widthOf(register) }, (_, index) => address + index);
    const clash = places.find((at) => taken.has(`${device} ${kind} ${at}`));
    if (clash !== undefined) {
      const first = taken.get(`${device} ${kind} ${clash}`);
      report(
        [list, name, "register", "address"],
        `overlaps ${list}.${first}: both use ${kind} ${clash} of ${device}`,
        because(
          "CONFIG_OVERLAP",
          "a value of 32 bits takes two addresses; see the device's manual",
        ),
      );
      continue;
    }
    for (const at of places) taken.set(`${device} ${kind} ${at}`, name);
  }
}
