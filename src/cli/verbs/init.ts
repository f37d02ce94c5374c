import { writeFileSync } from "node:fs";
import { fault } from "#src/base/fault.ts";
import { exit } from "../exit.ts";
import { initTemplate } from "../init-template.ts";
import type { Shell } from "../shell.ts";

type Template = Parameters<typeof initTemplate>[0];

interface Options extends Pick<Template, "role" | "node" | "region"> {
  readonly plant: NonNullable<Template["plant"]>;
  readonly output: string;
  readonly force?: true;
}

/** Writes a commented configuration that runs as it is; never over another by itself. */
export function init({ terminal }: Shell, options: Options): number {
  const { role, node, region, plant, output } = options;
  const text = initTemplate({ role, node, region, plant });
  if (output === "-") {
    terminal.print(text.trimEnd());
    return exit.ok;
  }
  try {
    writeFileSync(output, text, { flag: options.force ? "w" : "wx" });
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    const met =
      code === "EEXIST"
        ? fault("FILE_EXISTS", { path: output })
        : fault("FILE_UNWRITABLE", { path: output, why: code });
    return terminal.fail("no configuration was written", met);
  }
  const named = output === "holdfast.yaml" ? "" : ` --config ${output}`;
  terminal.talk([
    `wrote ${output}: a ${role} configuration that runs as it is`,
    ...nextSteps(role, named),
  ]);
  return exit.ok;
}

function nextSteps(role: Options["role"], named: string): string[] {
  const steps = [
    `holdfast run --check${named}`,
    ...(role === "node"
      ? [`holdfast devices${named}    # simulated devices, while there are no real ones`]
      : []),
    `holdfast run${named}`,
  ];
  return steps.map((step, index) => `${index === 0 ? "  next  " : "        "}${step}`);
}
