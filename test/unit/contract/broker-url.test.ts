import { describe, expect, test } from "vitest";
import { BrokerUrl, brokerPlace } from "#src/contract/broker-url.ts";
import { Config } from "#src/contract/config.ts";
import { findingsOf } from "#src/contract/config-findings.ts";

test.each([
  ["mqtt://broker.example:1884", { secure: false, host: "broker.example", port: 1884 }],
  ["mqtt://broker.example", { secure: false, port: 1883 }],
  ["mqtts://[::1]", { secure: true, host: "::1", port: 8883 }],
  ["mqtts://n1:p%2Fw@b:1", { username: "n1", password: "p/w" }],
  ["mqtt://n1@b:1", { username: "n1", password: undefined, shown: "mqtt://n1@b:1" }],
  ["mqtt://n1:%zz@b:1", { password: "%zz", shown: "mqtt://n1:…@b:1" }],
  ["mqtt://n1:a:b@c@b:1", { host: "b", shown: "mqtt://n1:…@b:1" }],
])("the broker of %s is %o", (url, place) => {
  expect(brokerPlace(url)).toMatchObject(place);
});

const wrong = [
  "mqtt://broker:99999",
  "mqtt://broker:0",
  "mqtt://:1883",
  "mqtt://bro ker",
  " mqtt://broker",
  "MQTT://broker",
  "http://broker",
  "nonsense",
];

describe.each<[string, (url: string) => object, string]>([
  [
    "an uplink",
    (url) => ({ role: "node", node: "n1", region: "north", uplink: { url } }),
    "uplink.url",
  ],
  ["a region", (url) => ({ role: "region", region: "north", broker: { url } }), "broker.url"],
  [
    "a device",
    (url) => ({
      role: "node",
      node: "n1",
      region: "north",
      devices: { d: { driver: "mqtt", url } },
    }),
    "devices.d.url",
  ],
])("one rule for a broker's address: %s", (_, saying, place) => {
  test.each(wrong)("is not at %j", (url) => {
    const said = saying(url);
    const { error } = Config.safeParse(said);
    const found = findingsOf(error?.issues ?? [], said).filter(
      ({ path }) => path.join(".") === place,
    );
    expect(found).toMatchObject([{ code: "CONFIG_TYPE", remedy: "write it in this form" }]);
  });

  test("is where the parser finds one", () => {
    const said = saying("mqtts://n1:pw@broker:1");
    const issues = Config.safeParse(said).error?.issues ?? [];
    expect(issues.filter(({ path }) => path.join(".") === place)).toEqual([]);
    expect(BrokerUrl.safeParse("mqtts://n1:pw@broker:1").success).toBe(true);
  });
});
