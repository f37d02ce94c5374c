import type { Command } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { wordsOf } from "../completion/words.ts";
import { zshScript } from "../completion/zsh.ts";
import { exit } from "../exit.ts";
import type { Shell } from "../shell.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
export const shells = Object.keys(scripts) as (keyof typeof scripts)[];

export function completion(
  { terminal }: Shell,
  program: Command,
  shell: keyof typeof scripts,
): number {
  terminal.print(scripts[shell](wordsOf(program)));
  return exit.ok;
}

/** The names of the nodes that run here, for completion; nothing on standard error. */
export async function names({ powers, terminal }: Shell): Promise<number> {
  const found = await powers.listLocal(powers.runtimeFolder(powers.env));
  terminal.print(found.filter(({ role }) => role === "node").map(({ id }) => id));
  return exit.ok;
}
