import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mosquittoAcl } from "#broker/mosquitto-acl.ts";
import { initTemplate, type Template } from "#src/cli/init-template.ts";
import { configReference } from "#src/contract/config-reference.ts";
import { topicsReference } from "#src/contract/topics-reference.ts";
import { faultsPage } from "./faults-page.ts";

/** Files that are made from the code they describe; test/unit/docs.test.ts holds them to it. */
export interface GeneratedPage {
  /** From the root of the repository. */
  readonly path: string;
  render(): string;
}

export const generatedPages: readonly GeneratedPage[] = [
  { path: "docs/configuration.md", render: configReference },
  { path: "docs/faults.md", render: faultsPage },
  { path: "docs/topics.md", render: () => topicsReference(mosquittoAcl("north")) },
  site("cold-room", { role: "node", node: "cold-room-1", plant: "cold-room" }),
  site("tank", { role: "node", node: "tank-1", plant: "tank" }),
  site("hvac-two-zone", { role: "node", node: "hvac-1", plant: "hvac-two-zone" }),
  site("refrigeration-rack", { role: "node", node: "rack-1", plant: "refrigeration-rack" }),
  site("air-handler", { role: "node", node: "ahu-1", plant: "air-handler" }),
  site("solar-battery", { role: "node", node: "house-1", plant: "solar-battery" }),
  site("ev-charging", { role: "node", node: "yard-1", plant: "ev-charging" }),
  site("pump-station", { role: "node", node: "pumps-1", plant: "pump-station" }),
  site("region", { role: "region", node: "" }),
];

/** What holdfast init writes, to be read without running it. */
function site(name: string, template: Omit<Template, "region">): GeneratedPage {
  const render = () => initTemplate({ ...template, region: "north" });
  return { path: `agents/sites/${name}.yaml`, render };
}

export const placeOf = ({ path }: GeneratedPage): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

if (import.meta.main)
  for (const page of generatedPages) writeFileSync(placeOf(page), page.render());
