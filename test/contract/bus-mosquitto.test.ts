import { describe, expect, test } from "vitest";
import { regionUser } from "#broker/mosquitto-acl.ts";
import { probeBroker } from "#src/adapters/mqtt-bus.ts";
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

  test("a probe comes back with its own message, as whoever it logs in", async () => {
    const { port, end } = await startMosquitto("north");
    for (const user of ["", "n1@", `${regionUser}@`]) {
      expect(await probeBroker(`mqtt://${user}127.0.0.1:${port}`)).toMatchObject({ ok: true });
    }
    await end();
  });
});
