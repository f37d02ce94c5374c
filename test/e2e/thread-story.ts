import type { Audit } from "#src/adapters/sqlite-audit.ts";
import type { NodeStatus } from "#src/contract/query.ts";
import { Fleet } from "./fleet.ts";
import { runInWorker } from "./inspector.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";
import { stretchesAt } from "./witness.ts";

/** A node whose control thread ended in two ways. */
export interface ThreadLosses {
  readonly dead: ThreadLoss;
  readonly hung: ThreadLoss;
  readonly pids: readonly number[];
  readonly audit: Audit;
  readonly values: readonly number[];
  readonly rests: readonly number[];
}

export interface ThreadLoss {
  /** Milliseconds until a new thread controlled. */
  readonly back: number;
  readonly faults: readonly string[];
}

const node = "room-1";

export async function tellThread(): Promise<ThreadLosses> {
  const fleet = await Fleet.raise({
    broker: "embedded",
    nodes: { [node]: coldRoom },
    nodeFlags: ["--inspect=127.0.0.1:0"],
  });
  try {
    await fleet.mode("connected");
    const pids = new Set<number>();
    const dead = await lose(fleet, pids, "process.exit(3)");
    const hung = await lose(fleet, pids, "for (;;);");
    await fleet.mode("connected");
    const witness = fleet.witness(node);
    const values = witness.valuesOf("compressor");
    const rests = stretchesAt(0, witness.changesOf("compressor"));
    await fleet.stop();
    return { dead, hung, pids: [...pids], values, rests, audit: fleet.audit(node) };
  } finally {
    await fleet.close();
  }
}

/** A new thread has run few cycles. */
async function lose(fleet: Fleet, pids: Set<number>, expression: string): Promise<ThreadLoss> {
  const before = await until("it has controlled for a while", async () => {
    const status = await fleet.status(node);
    return cyclesOf(status) > 30 && status;
  });
  const began = performance.now();
  await runInWorker(fleet.program(node), expression);
  const after = await until("a new thread controls", async () => {
    const status = await fleet.status(node);
    const cycles = cyclesOf(status);
    return cycles > 0 && cycles < cyclesOf(before) && status;
  });
  pids.add(before.pid).add(after.pid);
  const known = new Map(before.faults.map(({ code, count }) => [code, count]));
  return {
    back: performance.now() - began,
    faults: after.faults
      .filter((one) => one.count > (known.get(one.code) ?? 0))
      .map(({ code }) => code),
  };
}

const cyclesOf = (status: NodeStatus | undefined): number => status?.control?.loops[0]?.cycles ?? 0;
