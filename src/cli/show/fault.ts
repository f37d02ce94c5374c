import type { Fault } from "#src/base/fault.ts";
import type { Paint } from "../paint.ts";
import { printable } from "./printable.ts";

/** What failed, the evidence, and the next thing to do. */
export function renderFault(
  what: string,
  met: Pick<Fault, "code" | "message" | "remedy">,
  paint: Paint,
): string[] {
  const { code, message, remedy } = printable(met);
  return [
    `${paint("bad", "error")} ${paint("strong", code)}: ${what}`,
    `  evidence  ${message}`,
    `  next      ${remedy}`,
  ];
}
