import { describe } from "vitest";
import { regionUser } from "#broker/mosquitto-acl.ts";
import { available } from "#test/e2e/outside.ts";
import { busContract } from "./bus.contract.ts";
import { tcpWorld } from "./bus-over-tcp.ts";
import { startMosquitto } from "./mosquitto.ts";

describe.skipIf(!available("mosquitto"))("with the access rules as its file", () => {
  busContract("mosquitto", async () => {
    const { port, end } = await startMosquitto("north");
    return tcpWorld({
      port,
      judges: false,
      userOf: (who) =>
        who.kind === "node" ? who.node : who.kind === "region" ? regionUser : undefined,
      end,
    });
  });
});
