import { z } from "zod";
import { idPattern } from "#src/base/id.ts";

export const id = z
  .string()
  .regex(idPattern, "an id is 1 to 32 of a-z, 0-9, _ and -, and starts with a letter or digit")
  .meta({ holdfast: { kind: "id" } });

/** An id that names a thing of its own, or points at one. */
export const idOf = (description: string) => id.meta({ description, holdfast: { kind: "id" } });
