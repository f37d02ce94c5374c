import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askLocal } from "#src/adapters/local-socket.ts";
import { socketPath } from "#src/adapters/paths.ts";
import { type Audit, auditNode } from "#src/adapters/sqlite-audit.ts";
import { freePorts } from "#src/cli/demo/ports.ts";
import type { Explanation, NodeStatus, Query, RegionStatus } from "#src/contract/query.ts";
import { type MosquittoPlan, mosquittoPlan } from "./mosquitto.ts";
import { type Ending, holdfast, type Program, startProgram } from "./program.ts";
import { type NodeShape, type Place, regionSite, type Site } from "./sites.ts";
import { type Patience, until } from "./until.ts";
import { type Witness, watch } from "./witness.ts";

export interface FleetPlan {
  /** Which node is of which shape. */
  readonly nodes: Readonly<Record<string, NodeShape>>;
  /** none: no region either. */
  readonly broker: "embedded" | "mosquitto" | "none";
  /** The last word on a node's configuration. */
  readonly adjust?: (site: Site, place: Place) => object;
  /** Between `node` and the program. */
  readonly nodeFlags?: readonly string[];
}

const region = "north";

/**
 * A region, its broker, the devices and the nodes, each a process of its own, in a folder of their
 * own; with a witness at every device. Names of processes: "region", "broker", "devices", nodes.
 */
export class Fleet {
  readonly folder: string;
  readonly nodes: readonly string[];
  readonly brokerPort: number;
  readonly #plan: FleetPlan;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #mosquitto: MosquittoPlan | undefined;
  readonly #programs = new Map<string, Program>();
  readonly #witnesses = new Map<string, Witness>();

  private constructor(plan: FleetPlan, folder: string, ports: readonly number[]) {
    this.#plan = plan;
    this.folder = folder;
    this.nodes = Object.keys(plan.nodes);
    const [brokerPort = 0, ...rest] = ports;
    this.brokerPort = brokerPort;
    this.#mosquitto = plan.broker === "mosquitto" ? mosquittoPlan(folder, brokerPort) : undefined;
    const uplink = plan.broker === "none" ? undefined : `mqtt://127.0.0.1:${brokerPort}`;
    this.#places = new Map(
      this.nodes.map((node, index) => {
        const [port = 0, deadPort = 0] = rest.slice(2 * index);
        return [node, { node, region, data: join(folder, node), port, deadPort, uplink }];
      }),
    );
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    this.#writeSites();
  }

  /** Writes the configurations; nothing runs yet. */
  static async plan(plan: FleetPlan): Promise<Fleet> {
    const ports = await freePorts(1 + 2 * Object.keys(plan.nodes).length);
    return new Fleet(plan, mkdtempSync(join(tmpdir(), "hf-")), ports);
  }

  /** Everything runs, and every witness sees its device. */
  static async raise(plan: FleetPlan): Promise<Fleet> {
    const fleet = await Fleet.plan(plan);
    try {
      for (const name of fleet.processes) fleet.start(name);
      fleet.witnessAll();
      await until("every device is seen", () => fleet.#stands(), { within: 60_000 });
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** Whether every device is seen. Throws when a process has ended. */
  #stands(): boolean {
    const fallen = this.processes.find((name) => this.program(name).ending !== undefined);
    if (fallen !== undefined) throw new Error(`${fallen} ended:\n${this.tail(fallen)}`);
    return this.nodes.every((node) => this.witness(node).looks > 0);
  }

  get processes(): readonly string[] {
    const { broker } = this.#plan;
    return [
      ...(broker === "mosquitto" ? ["broker"] : []),
      ...(broker === "none" ? [] : ["region"]),
      "devices",
      ...this.nodes,
    ];
  }

  configOf = (name: string): string => join(this.folder, `${name}.yaml`);
  dataOf = (name: string): string => join(this.folder, name);

  place(node: string): Place {
    const found = this.#places.get(node);
    if (found === undefined) throw new Error(`there is no node ${node}`);
    return found;
  }

  witnessAll(): void {
    for (const [node, shape] of Object.entries(this.#plan.nodes)) {
      this.#witnesses.set(node, watch(this.place(node).port, shape.outputs));
    }
  }

  witness(node: string): Witness {
    const found = this.#witnesses.get(node);
    if (found === undefined) throw new Error(`nobody looks at ${node}`);
    return found;
  }

  start(name: string, more: Readonly<Record<string, string>> = {}): Program {
    const running = this.#programs.get(name);
    if (running !== undefined && running.ending === undefined) {
      throw new Error(`${name} runs already`);
    }
    const program = startProgram({
      command: this.#command(name),
      log: join(this.folder, `${name}.log`),
      env: { ...this.env, ...more },
    });
    this.#programs.set(name, program);
    return program;
  }

  program(name: string): Program {
    const found = this.#programs.get(name);
    if (found === undefined) throw new Error(`${name} was never started`);
    return found;
  }

  kill(name: string, signal: NodeJS.Signals): Promise<Ending> {
    return this.program(name).kill(signal);
  }

  /** Any other command of holdfast, in the fleet's world. */
  async run(...args: readonly string[]): Promise<Ran> {
    this.#runs += 1;
    const log = join(this.folder, `run-${this.#runs}.log`);
    const program = startProgram({
      command: [...holdfast(), ...args],
      log,
      env: { ...this.env, HOLDFAST_PARENT_PIPE: "" },
    });
    this.#programs.set(`run-${this.#runs}`, program);
    const { code } = await program.ended(30_000);
    return { code, said: program.said() };
  }
  #runs = 0;

  /** Breaks or mends a device: a line of its fault protocol without the node. */
  tellDevice(node: string, line: object): void {
    this.program("devices").write(`${JSON.stringify({ node, device: "plc", ...line })}\n`);
  }

  /** Undefined while it gives no answer. */
  status(node: string): Promise<NodeStatus | undefined> {
    return this.#ask("node", node, { v: 1, verb: "status" });
  }

  regionStatus(): Promise<RegionStatus | undefined> {
    return this.#ask("region", region, { v: 1, verb: "status" });
  }

  why(node: string, output: string): Promise<Explanation | undefined> {
    return this.#ask("node", node, { v: 1, verb: "why", output });
  }

  /** Waits until the nodes are in this mode; gives the milliseconds that took. */
  async mode(mode: string, nodes = this.nodes, patience: Patience = {}): Promise<number> {
    const began = performance.now();
    await Promise.all(
      nodes.map((node) =>
        until(`${node} is ${mode}`, async () => (await this.status(node))?.control?.mode === mode, {
          evidence: () => this.tail(node),
          ...patience,
        }),
      ),
    );
    return performance.now() - began;
  }

  /** By the databases, their owners running or not. */
  audit(node: string): Audit {
    return auditNode({
      nodeData: this.dataOf(node),
      regionDb: join(this.dataOf(region), "region.db"),
      node,
    });
  }

  /** The end of a process's log. */
  tail(name: string): string {
    return this.program(name).said().split("\n").slice(-12).join("\n");
  }

  get regionDb(): string {
    return join(this.dataOf(region), "region.db");
  }

  get env(): Readonly<Record<string, string>> {
    return { HOME: this.folder, HOLDFAST_RUNTIME: join(this.folder, "run") };
  }

  /** In order: nodes first, so that the region still hears them. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((name) => this.#stopOne(name)));
    for (const name of ["region", "devices", "broker"]) await this.#stopOne(name);
  }

  /** Ends everything, however, and removes it; `last` runs in between. */
  async close(last?: () => void): Promise<void> {
    await Promise.all([...this.#witnesses.values()].map((witness) => witness.close()));
    const running = [...this.#programs.values()].filter((one) => one.ending === undefined);
    await Promise.all(running.map((one) => one.kill("SIGKILL")));
    last?.();
    if (process.env["HOLDFAST_KEEP"] !== "1") {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  async #stopOne(name: string): Promise<void> {
    const program = this.#programs.get(name);
    if (program !== undefined && program.ending === undefined) await program.kill("SIGTERM");
  }

  async #ask<T>(role: string, id: string, query: Query): Promise<T | undefined> {
    const path = socketPath(join(this.folder, "run"), role, id);
    const answer = await askLocal(path, query, { timeout: 2_000 });
    return answer.ok ? (answer.body as T) : undefined;
  }

  #command(name: string): readonly string[] {
    if (name === "broker" && this.#mosquitto !== undefined) return this.#mosquitto.command;
    if (name === "devices") {
      const configs = this.nodes.flatMap((one) => ["--config", this.configOf(one)]);
      return [...holdfast(), "devices", ...configs];
    }
    const flags = name === "region" ? [] : (this.#plan.nodeFlags ?? []);
    return [...holdfast(flags), "run", "--config", this.configOf(name)];
  }

  #writeSites(): void {
    const write = (name: string, site: object): void =>
      writeFileSync(this.configOf(name), JSON.stringify(site, undefined, 2));
    const broker =
      this.#mosquitto === undefined
        ? { listen: { port: this.brokerPort } }
        : { url: `mqtt://127.0.0.1:${this.brokerPort}` };
    write("region", regionSite(region, this.dataOf(region), broker));
    for (const [node, shape] of Object.entries(this.#plan.nodes)) {
      const place = this.place(node);
      const site = shape.site(place);
      write(node, this.#plan.adjust?.(site, place) ?? site);
    }
  }
}

export interface Ran {
  readonly code: number | null;
  readonly said: string;
}
