import { limits } from "#src/contract/limits.ts";
import type { Powers } from "./powers.ts";

/** As whom somebody orders something: a name of the length that nodes and regions take. */
export const ownerOf = ({ user }: Pick<Powers, "user">): string =>
  user.slice(0, limits.ownerCharacters) || "unknown";
