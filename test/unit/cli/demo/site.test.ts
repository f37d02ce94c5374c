import { expect, test } from "vitest";
import { parse } from "yaml";
import { regionYaml, roomPoints, roomYaml, type Site } from "#src/cli/demo/site.ts";
import { NodeConfig, RegionConfig } from "#src/contract/config.ts";
import { boundsOf } from "#src/contract/output-bounds.ts";

const room = { name: "cold-room-2", devicePort: 5020, data: '/tmp/a "b"/c', seed: 2 };
const site: Site = {
  brokerPort: 18_830,
  relayPort: 18_831,
  regionData: "/tmp/region",
  rooms: [room],
};
const node = NodeConfig.parse(parse(roomYaml(site, room)));

test("the demo's configurations are sound, with any folder", () => {
  expect(RegionConfig.parse(parse(regionYaml(site)))).toMatchObject({
    region: "demo",
    broker: { listen: { host: "127.0.0.1", port: 18_830 } },
    lease: { ttl: 6_000, renew: 2_000 },
  });
  expect(node).toMatchObject({
    node: "cold-room-2",
    data: '/tmp/a "b"/c',
    autonomy: { budget: 3_600_000 },
  });
});

test("nodes reach the region only over the line that can be cut", () => {
  expect(node.uplink?.url).toBe("mqtt://127.0.0.1:18831");
});

test("what the demo counts against are the bounds that the nodes keep", () => {
  const declared = Object.entries(node.outputs).map(([name, output]) => {
    const [min, max] = boundsOf(output);
    return { name, min, max };
  });
  expect(declared).toEqual(roomPoints.outputs);
  expect(node.loops[roomPoints.loop]).toMatchObject({
    input: roomPoints.input,
    output: roomPoints.output,
  });
});
