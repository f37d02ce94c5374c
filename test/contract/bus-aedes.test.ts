import { openBroker } from "#broker/aedes-broker.ts";
import { KeptLog } from "#test/unit/kept-log.ts";
import { busContract } from "./bus.contract.ts";
import { tcpWorld } from "./bus-over-tcp.ts";

busContract("the embedded broker", async () => {
  const log = new KeptLog();
  const broker = await openBroker({ host: "127.0.0.1", port: 0, region: "north", log });
  return tcpWorld({
    port: broker.port,
    judges: true,
    userOf: () => undefined,
    end: () => broker.close(),
  });
});
