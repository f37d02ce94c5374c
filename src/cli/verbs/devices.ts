import { fault } from "#src/base/fault.ts";
import type { NodeConfig } from "#src/contract/config.ts";
import { findConfig } from "../find-config.ts";
import type { Shell } from "../shell.ts";
import { sayProblems } from "./run.ts";

/** Serves the simulated devices of one or more node configurations. */
export async function devices(
  shell: Shell,
  options: { readonly config?: readonly string[] },
): Promise<number> {
  const { powers, terminal } = shell;
  const failing = "no device was started";
  const configs: NodeConfig[] = [];
  for (const named of options.config ?? [undefined]) {
    const found = await findConfig(powers, named);
    if (found.kind === "refused") sayProblems(shell, found.problems);
    if (found.kind !== "read") return terminal.fail(failing, found.fault);
    const { config, path } = found;
    if (config.role !== "node") {
      return terminal.fail(
        failing,
        fault("CONFIG_ROLE", { path, role: config.role, wanted: "node" }),
      );
    }
    if (Object.keys(config.simulation ?? {}).length === 0) {
      const lacking = { node: config.node, at: "simulation", why: `is missing in ${path}` };
      return terminal.fail(failing, { ...fault("SIMULATION_REFUSED", lacking), remedy });
    }
    configs.push(config);
  }
  return powers.runDevices(configs);
}

const remedy =
  "add simulation: with the plant behind each device, as holdfast init does; docs/plants.md lists the plants";
