import type { NodeRecord } from "#src/contract/region-records.ts";
import type { Bus } from "#src/ports/bus.ts";
import type { Log, LogEntry } from "#src/ports/log.ts";
import type { RegionStore } from "#src/ports/region-store.ts";
import { AccountWitness } from "#src/sim/check-account.ts";
import { emptyAuthorityDisk } from "#src/sim/check-authority.ts";
import { type PersonAsked, SetpointWitness } from "#src/sim/check-setpoints.ts";
import type { Findings } from "#src/sim/findings.ts";
import type { SimProcess } from "#src/sim/sim-process.ts";

import { NodeWatch, type Onlookers, type WatchedNode } from "./simulated-node-watch.ts";

/** All witnesses of a region: they stand at its ports and never look inside. */
export class RegionWatch {
  readonly findings: Findings;
  readonly #region: string;
  readonly #onlookers: Onlookers;
  /** By node, as are the records: what the region wrote down of it. */
  readonly #accounts = new Map<string, AccountWitness>();
  readonly #records = new Map<string, NodeRecord>();
  readonly #nodes: NodeWatch[] = [];
  readonly #setpoints: SetpointWitness;

  constructor(region: string, findings: Findings, onlookers: Onlookers) {
    this.findings = findings;
    this.#region = region;
    this.#onlookers = onlookers;
    this.#setpoints = new SetpointWitness(findings, region);
  }

  node(of: WatchedNode, copyOf?: NodeWatch): NodeWatch {
    const account = this.#account(of.node);
    if (copyOf !== undefined) account.isCloned = true;
    const disk = copyOf === undefined ? emptyAuthorityDisk() : { ...copyOf.disk };
    const latchDisk = { safety: copyOf?.latchDisk.safety };
    const watch = new NodeWatch(of, account, disk, latchDisk, this.findings, this.#onlookers);
    if (copyOf === undefined) this.#nodes.push(watch);
    return watch;
  }

  /** The region's database under watch. */
  store(store: RegionStore): RegionStore {
    return {
      ...store,
      ingest: (node, batch) => {
        const said = store.ingest(node, batch);
        this.#account(node).arrived(batch, said);
        return said;
      },
      keepNode: (record) => {
        store.keepNode(record);
        this.#records.set(record.node, record);
      },
    };
  }

  /** Where a process of this name logs: its faults are marks, a defect of its own is a violation. */
  log(who: string, process: SimProcess): Log {
    return new WatchedLog(this.findings, who, process);
  }

  /** The region's connection under watch. */
  bus(bus: Bus): Bus {
    const setpoints = this.#setpoints;
    return {
      open: (session) => bus.open(session),
      publish: (message) => {
        setpoints.says(message);
        return bus.publish(message);
      },
      close: () => bus.close(),
    };
  }

  /** A person asks at the region; the call it returns is told how it ended. */
  asks(asked: PersonAsked): (isTaken: boolean) => void {
    const setpoints = this.#setpoints;
    const node = this.#nodes.find((one) => one.node === asked.node);
    setpoints.asks(asked);
    node?.promise(asked, false);
    return (isTaken) => {
      this.findings.marks.reach(isTaken ? "a person was told yes" : "a person was refused");
      setpoints.ends(asked, isTaken);
      node?.promise(asked, isTaken);
    };
  }

  /** The last fault is over: what is on disk now must arrive. The call it returns looks whether it did. */
  calm(): () => void {
    const promises = this.#nodes.map((node) => node.account.promised());
    return () => {
      for (const [index, node] of this.#nodes.entries()) {
        node.checkReturn(promises[index] as never, this.#records.get(node.node));
      }
    };
  }

  #account(node: string): AccountWitness {
    let account = this.#accounts.get(node);
    if (account === undefined) {
      account = new AccountWitness(this.findings, `${this.#region}/${node}`);
      this.#accounts.set(node, account);
    }
    return account;
  }
}

class WatchedLog implements Log {
  readonly #findings: Findings;
  readonly #who: string;
  readonly #process: SimProcess;

  constructor(findings: Findings, who: string, process: SimProcess) {
    this.#findings = findings;
    this.#who = who;
    this.#process = process;
  }

  debug(): void {}

  info(): void {}

  error(): void {}

  warn({ code, message }: LogEntry): void {
    // Nobody hears what a machine says at the moment its power goes.
    if (!this.#process.alive) return;
    this.#findings.marks.meet(String(code));
    if (code === "AGENT_FAILED") this.#findings.report("local", this.#who, String(message));
  }
}
