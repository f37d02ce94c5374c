import { createServer } from "node:net";
import { Aedes } from "aedes";

/** A plain broker for a machine without mosquitto: node reflex-aedes.ts PORT. */
const broker = await Aedes.createBroker();
const server = createServer({ noDelay: true }, broker.handle);
server.listen(Number(process.argv[2]), "127.0.0.1");
