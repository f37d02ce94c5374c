import { exit } from "../exit.ts";
import { type Heard, hearAll, notRunning } from "../local.ts";
import type { JsonOption, Shell } from "../shell.ts";
import { renderFault } from "../show/fault.ts";
import { renderStatus } from "../show/status.ts";

/** 1 when nothing by that name runs here, or when something that runs gives no answer. */
export async function status(
  { powers, terminal }: Shell,
  name: string | undefined,
  options: JsonOption,
): Promise<number> {
  const all = await hearAll(powers);
  const heard = name === undefined ? all : all.filter(({ instance }) => instance.id === name);
  if (options.json) {
    terminal.printJson({ instances: heard.map(documentOf) });
  } else if (heard.length > 0) {
    const scene = terminal.scene();
    const blocks = heard.map(({ instance, status: said, fault: met }) => {
      if (said !== undefined) return renderStatus(said, scene);
      const what = `${instance.role} ${instance.id} does not answer`;
      return met === undefined ? [what] : renderFault(what, met, scene.paint);
    });
    terminal.print(blocks.flatMap((block, index) => (index === 0 ? block : ["", ...block])));
  }
  if (heard.length === 0) {
    const what = name === undefined ? "node or region" : `node or region "${name}"`;
    return terminal.fail("there is no status to show", notRunning(powers, what));
  }
  return heard.every((one) => one.status !== undefined) ? exit.ok : exit.failed;
}

const documentOf = ({ instance, status: said, fault: met }: Heard): object =>
  said ?? { role: instance.role, [instance.role]: instance.id, fault: met };
