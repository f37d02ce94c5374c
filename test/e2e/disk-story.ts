import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Audit } from "#src/adapters/sqlite-audit.ts";
import type { NodeStatus } from "#src/contract/query.ts";
import { Fleet } from "./fleet.ts";
import { type Records, recordsOf } from "./records.ts";
import { coldRoom } from "./sites.ts";
import { until } from "./until.ts";

/**
 * A fleet on small disks. One node's is full for a while, another's read-only at its start; then the
 * region's is full.
 */
export interface DiskTrouble {
  readonly full: OneDisk;
  readonly readonly: OneDisk;
  /** What the region said of its full disk, and the most that one of its nodes kept for it. */
  readonly region: { readonly said: readonly string[]; readonly kept: number };
}

export interface OneDisk {
  /** What the store said while it could not be written. */
  readonly said: string;
  /** How often the loop turned meanwhile. */
  readonly turned: number;
  readonly audit: Audit;
  readonly records: Records;
}

/** Mounting takes root, and a kernel that allows it to this one: tried, for nothing else tells. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "hf-"));
  const may = mount(folder, small) === 0;
  if (may) unmount(folder);
  rmSync(folder, { recursive: true });
  return may;
}

const small = ["-t", "tmpfs", "-o", "size=6m", "tmpfs"];

const [full, readOnly] = ["room-1", "room-2"] as const;
const region = "north";

export async function tellDisks(): Promise<DiskTrouble> {
  const fleet = await Fleet.plan({
    broker: "embedded",
    nodes: { [full]: coldRoom, [readOnly]: coldRoom },
  });
  const folders = [full, readOnly, region].map((name) => fleet.dataOf(name));
  try {
    for (const folder of folders) {
      mkdirSync(folder);
      if (mount(folder, small) !== 0) throw new Error(`nothing was mounted at ${folder}`);
    }
    mount(fleet.dataOf(readOnly), ["-o", "remount,ro"]);
    for (const name of fleet.processes) fleet.start(name);
    const [onFull, onReadonly] = await Promise.all([fillUp(fleet), writeProtect(fleet)]);
    await Promise.all(fleet.nodes.map((node) => recovered(fleet, node)));
    const onRegion = await fillRegion(fleet);
    await Promise.all(fleet.nodes.map((node) => recovered(fleet, node)));
    await fleet.stop();
    const of = (node: string) => ({
      audit: fleet.audit(node),
      records: recordsOf(fleet.regionDb, node),
    });
    return {
      full: { ...onFull, ...of(full) },
      readonly: { ...onReadonly, ...of(readOnly) },
      region: onRegion,
    };
  } finally {
    await fleet.close(() => {
      for (const folder of folders) unmount(folder);
    });
  }
}

type Trouble = Omit<OneDisk, "audit" | "records">;

async function fillUp(fleet: Fleet): Promise<Trouble> {
  await fleet.mode("connected", [full]);
  const filler = join(fleet.dataOf(full), "filler");
  // What is acked makes a little room again and again; a disk that others fill takes that too.
  const fill = (): void => fillWith(filler);
  const trouble = await sitOut(fleet, full, fill);
  rmSync(filler);
  return trouble;
}

/** Until a node keeps what the region cannot. */
async function fillRegion(fleet: Fleet): Promise<DiskTrouble["region"]> {
  const filler = join(fleet.dataOf(region), "filler");
  const kept = await until("a node keeps what the region cannot", async () => {
    fillWith(filler);
    const buffered = (await fleet.status(full))?.buffer.buffered ?? 0;
    return buffered >= 50 && buffered;
  });
  const said = (await fleet.regionStatus())?.faults.map(({ code }) => code) ?? [];
  rmSync(filler);
  return { said, kept };
}

async function writeProtect(fleet: Fleet): Promise<Trouble> {
  const trouble = await sitOut(fleet, readOnly, () => undefined);
  mount(fleet.dataOf(readOnly), ["-o", "remount,rw"]);
  return trouble;
}

/** Until the store has refused for so long that points have piled up. */
async function sitOut(fleet: Fleet, node: string, worsen: () => void): Promise<Trouble> {
  let first: NodeStatus | undefined;
  const last = await until(`the store of ${node} refuses and points pile up`, async () => {
    worsen();
    const status = await fleet.status(node);
    if (status === undefined || status.buffer.store === "ok") return undefined;
    first ??= status;
    return status.buffer.pending >= 30 && status;
  });
  const { store } = last.buffer;
  return {
    said: store === "ok" ? store : store.code,
    turned: turnsOf(last) - turnsOf(first),
  };
}

const recovered = (fleet: Fleet, node: string): Promise<true> =>
  until(
    `${node} stores and delivers again`,
    async () => {
      const status = await fleet.status(node);
      if (status === undefined) return false;
      const { store, pending, buffered } = status.buffer;
      return store === "ok" && pending + buffered <= 40 && status.control?.mode === "connected";
    },
    { within: 40_000, evidence: () => fleet.tail(node) },
  );

const turnsOf = (status: NodeStatus | undefined): number => status?.control?.loops[0]?.cycles ?? 0;

function mount(folder: string, how: readonly string[]): number | null {
  return spawnSync("mount", [...how, folder], { stdio: "ignore" }).status;
}

function unmount(folder: string): void {
  spawnSync("umount", ["--lazy", folder], { stdio: "ignore" });
}

function fillWith(path: string): void {
  const file = openSync(path, "a");
  try {
    const bytes = new Uint8Array(4_096);
    for (let pages = 0; pages < 10_000; pages += 1) writeSync(file, bytes);
  } catch {
    // It is full, as it was meant to be.
  } finally {
    closeSync(file);
  }
}
