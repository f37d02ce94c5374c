import { exit } from "../exit.ts";
import type { JsonOption, Shell } from "../shell.ts";

export function version({ powers, terminal }: Shell, options: JsonOption): number {
  const { version: own } = powers;
  const { version: node, platform, arch } = process;
  if (options.json) terminal.printJson({ version: own, node: node.slice(1), platform, arch });
  else terminal.print(`holdfast ${own} (node ${node.slice(1)}, ${platform}-${arch})`);
  return exit.ok;
}
