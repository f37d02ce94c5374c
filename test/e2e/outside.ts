import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Programs that are not ours and that a developer may do without. */
const outside = {
  mosquitto: { package: "mosquitto", find: () => onPath("mosquitto") },
  pymodbus: { package: "python3-pymodbus", find: pythonWithPymodbus },
  "qemu-aarch64": {
    package: "qemu-user",
    find: () => onPath("qemu-aarch64") ?? onPath("qemu-aarch64-static"),
  },
} as const;

export type Outside = keyof typeof outside;

/**
 * Whether tests with this program can run here. Where CI is set a missing program throws, so that
 * a suite that looks green has run.
 *
 * describe.skipIf(!available("mosquitto"))("…", …)
 */
export function available(program: Outside): boolean {
  if (placeOf(program) !== undefined) return true;
  const says = `${program} is not installed (Debian package ${outside[program].package})`;
  if (process.env["CI"]) throw new Error(says);
  process.stderr.write(`skipped: ${says}\n`);
  return false;
}

/** The file to start; for pymodbus the Python that has it. */
export function placeOf(program: Outside): string | undefined {
  return outside[program].find();
}

/** Daemons live where a user's PATH does not look. */
function onPath(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent and forbidden are the same to one who wants to start it.
    return false;
  }
}

/** Debian's own Python has Debian's packages, even where another one comes first. */
function pythonWithPymodbus(): string | undefined {
  const pythons = [onPath("python3"), "/usr/bin/python3"].filter((path) => path !== undefined);
  return pythons.find(
    (python) =>
      spawnSync(python, ["-c", "import pymodbus"], { stdio: "ignore", timeout: 20_000 }).status ===
      0,
  );
}
