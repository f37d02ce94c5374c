import { connect } from "node:net";
import type { Probe } from "../powers.ts";
import { figure } from "../show/text.ts";

const patience = 2_000;

/** Opens a connection and closes it: somebody listens there, or not, within two seconds. */
export function checkTcp(host: string, port: number): Promise<Probe> {
  const { promise, resolve } = Promise.withResolvers<Probe>();
  const place = `${host}:${port}`;
  const began = performance.now();
  const socket = connect({ host, port });
  const end = (probe: Probe): void => {
    socket.destroy();
    resolve(probe);
  };
  socket.setTimeout(patience, () => end({ ok: false, why: `${place} did not answer in 2 s` }));
  socket.once("connect", () => {
    const took = performance.now() - began;
    end({ ok: true, evidence: `${place} took a connection in ${figure(Math.ceil(took))} ms` });
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    end({ ok: false, why: `${place}: ${error.code ?? error.message}` });
  });
  return promise;
}
