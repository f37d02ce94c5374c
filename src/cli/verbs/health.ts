import { exit } from "../exit.ts";
import { illsOf } from "../health-of.ts";
import { hearAll, notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { columns } from "../show/text.ts";

interface Options extends JsonOption {
  readonly quiet?: true;
}

/** 0 when everything asked about runs and does its job; for containers and scripts. */
export async function health(
  { powers, terminal }: Shell,
  name: string | undefined,
  options: Options,
): Promise<number> {
  const all = await hearAll(powers);
  const found = all.filter(({ instance }) => name === undefined || instance.id === name);
  const judged = found.map(({ instance, status, fault }) => ({
    role: instance.role,
    id: instance.id,
    ills: status === undefined ? [`${fault?.code}: ${fault?.message}`] : illsOf(status),
  }));
  const healthy = judged.length > 0 && judged.every(({ ills }) => ills.length === 0);
  if (options.json) terminal.printJson({ healthy, instances: judged });
  const loud = options.json !== true && options.quiet !== true;
  if (loud && judged.length === 0) {
    return terminal.fail(
      "nothing here is healthy",
      notRunning(powers, name === undefined ? "node or region" : `node or region "${name}"`),
    );
  }
  if (loud) {
    const { paint } = terminal.scene();
    const rows = judged.map(({ role, id, ills }) => [
      ills.length === 0 ? paint("good", "healthy") : paint("bad", "ill"),
      `${role} ${id}`,
      ills.join("; "),
    ]);
    terminal.print(columns(rows));
  }
  return healthy ? exit.ok : exit.failed;
}
