import { expect, test } from "vitest";
import { mosquittoAcl } from "#broker/mosquitto-acl.ts";
import { channels } from "#src/contract/topics.ts";

test("mosquitto's rules say for every channel who writes and who reads it", () => {
  const acl = mosquittoAcl("north");
  const [nodes = "", controller = ""] = acl.split("user _region\n");
  for (const { topic, direction } of Object.values(channels)) {
    const own = topic.filter({ region: "north" } as never);
    const ofNode = topic.filter({ region: "north", node: "%u" } as never);
    const [node, region] = direction === "up" ? ["write", "read"] : ["read", "write"];
    expect(nodes).toContain(`pattern ${node} ${ofNode}\n`);
    expect(controller).toContain(`topic ${region} ${own}\n`);
  }
  expect(nodes).toContain("pattern readwrite hf/v1/_probe/%c\n");
  expect(acl).not.toContain("#/");
  expect(acl).not.toContain("$SYS");
});
