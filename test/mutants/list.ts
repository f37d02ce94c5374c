import { controlMutants } from "./control.ts";
import { linkMutants } from "./link.ts";
import type { Mutant } from "./mutant.ts";
import { runtimeMutants } from "./runtime.ts";

/** Planted one at a time; each must be noticed by the simulation. */
export const mutants: readonly Mutant[] = [...controlMutants, ...linkMutants, ...runtimeMutants];
