import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type MqttClient } from "mqtt";
import { ended, startBroker } from "./reflex-broker.ts";
import { benchFolder, type Peer, peers } from "./reflex-peers.ts";
import { isMet, type Row } from "./row.ts";

/**
 * From a sensor's message to the actuator's, through a broker, at 1,000 a second: the product, a
 * Node-RED flow that does the same, and a handler that does nothing else. All three are connected all
 * the time and asked in turns; messages are timed by the process that sends them.
 */
export async function reflex(quick: boolean): Promise<Row[]> {
  const broker = await startBroker(benchFolder);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const children: ChildProcess[] = [];
  const client = connect(url, { protocolVersion: 4 });
  try {
    await new Promise((resolve) => void client.once("connect", resolve));
    (client.stream as Socket).setNoDelay(true);
    const asked: Asked[] = [];
    for (const name of Object.keys(peers) as Peer[]) {
      const child = await peers[name](broker.port);
      children.push(child);
      asked.push(await Asked.meet(client, name, child));
    }
    // Until then a compiler works beside each of them.
    for (const one of asked) await one.round(15_000);
    const rounds = quick ? 10 : 40;
    const results = new Map<Peer, Figures[]>(asked.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      // Another one begins each time: what warms up or cools down does so for all.
      for (const [turn] of asked.entries()) {
        const one = asked[(round + turn) % asked.length] as Asked;
        results.get(one.name)?.push(await one.round(1_000));
      }
    }
    return rowsOf(results, broker.name);
  } finally {
    client.end(true);
    await Promise.all(children.map((child) => ended(child)));
    await broker.end();
  }
}

interface Figures {
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Messages that a newer one overtook: they were answered with its answer. */
  readonly overtaken: number;
  readonly sent: number;
}

/** Values of one lap; an answer that is a lap old would be taken for a new one. */
const lap = 2_000;
const mostUnanswered = lap / 2;

/** One peer and what it still owes an answer. */
class Asked {
  readonly name: Peer;
  readonly #client: MqttClient;
  /** What the peer answers to 0. */
  #base = 0;
  #heard = 0;
  #last = 0;
  #sent = 0;
  #answered = 0;
  readonly #sentAt = new Float64Array(lap);
  #latencies: number[] = [];
  #overtaken = 0;

  private constructor(client: MqttClient, name: Peer) {
    this.#client = client;
    this.name = name;
  }

  /** Waits until the peer answers. */
  static async meet(client: MqttClient, name: Peer, child: ChildProcess): Promise<Asked> {
    const asked = new Asked(client, name);
    const mine = `bench/${name}/out`;
    await client.subscribeAsync(mine, { qos: 0 });
    client.on("message", (topic, payload) => {
      if (topic === mine) asked.#hear(Number(payload.toString()));
    });
    for (let attempt = 0; asked.#heard < 20; attempt += 1) {
      if (attempt === 600 || child.exitCode !== null) throw new Error(`${name} does not answer`);
      client.publish(`bench/${name}/in`, String(attempt % 2));
      await pause(100);
    }
    return asked;
  }

  /** Sends for so long, and waits for what is still owed. */
  async round(length: number): Promise<Figures> {
    await this.#findBase();
    this.#latencies = [];
    this.#overtaken = 0;
    const from = this.#sent;
    const began = performance.now();
    while (performance.now() < began + length) {
      const due = Math.floor(performance.now() - began);
      while (this.#sent - from < due) this.#send();
      await pause(1);
    }
    const until = performance.now() + 2_000;
    while (this.#answered < this.#sent && performance.now() < until) await pause(5);
    if (this.#answered < this.#sent) throw new Error(`${this.name} left messages unanswered`);
    await pause(100);
    const sorted = this.#latencies.toSorted((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    const sent = this.#sent - from;
    return { p50: at(0.5), p99: at(0.99), overtaken: this.#overtaken, sent };
  }

  async #findBase(): Promise<void> {
    for (const value of [1, 0]) {
      this.#client.publish(`bench/${this.name}/in`, String(value));
      await pause(100);
    }
    this.#base = this.#last;
  }

  #send(): void {
    if (this.#sent - this.#answered >= mostUnanswered) {
      throw new Error(`${this.name} does not keep up`);
    }
    const place = this.#sent % lap;
    this.#sentAt[place] = performance.now();
    this.#sent += 1;
    this.#client.publish(`bench/${this.name}/in`, String(place - lap / 2));
  }

  /** An answer to one message answers those before it too. */
  #hear(answer: number): void {
    const now = performance.now();
    this.#heard += 1;
    this.#last = answer;
    const place = Math.round(answer - this.#base) + lap / 2;
    const ahead = (((place - this.#answered) % lap) + lap) % lap;
    // Said again, which actuators are.
    if (ahead >= this.#sent - this.#answered) return;
    for (let count = 0; count <= ahead; count += 1) {
      this.#latencies.push(now - (this.#sentAt[this.#answered % lap] ?? 0));
      this.#answered += 1;
    }
    this.#overtaken += ahead;
  }
}

function rowsOf(results: ReadonlyMap<Peer, readonly Figures[]>, broker: string): Row[] {
  const figure = (peer: Peer, which: "p50" | "p99"): number =>
    median((results.get(peer) ?? []).map((figures) => figures[which]));
  for (const [peer, rounds] of results) {
    const [p50, p99] = [figure(peer, "p50"), figure(peer, "p99")].map((ms) => ms.toFixed(3));
    const sum = (of: (figures: Figures) => number) => rounds.reduce((all, one) => all + of(one), 0);
    const overtaken = `${sum((one) => one.overtaken)} of ${sum((one) => one.sent)} overtaken`;
    process.stderr.write(`${peer} over ${broker}: p50 ${p50} ms, p99 ${p99} ms, ${overtaken}\n`);
  }
  // Round by round: what else the machine does at a time weighs on all of them alike.
  const ratio = (which: "p50" | "p99", other: Peer): number =>
    median(
      (results.get("holdfast") ?? []).map(
        (ours, round) => ours[which] / (results.get(other)?.[round]?.[which] ?? Number.NaN),
      ),
    );
  const row = (name: string, which: "p50" | "p99", other: Peer, target: number): Row => ({
    name,
    ratio: ratio(which, other),
    target,
    more: false,
  });
  return [
    row("reflex, p50: a bare MQTT handler is 1", "p50", "bare", 1.3),
    row("reflex, p50: a Node-RED flow is 1", "p50", "node-red", 1 / 3),
    row("reflex, p99: a bare MQTT handler is 1", "p99", "bare", 1.5),
  ];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  for (const row of await reflex(process.argv.includes("--quick"))) {
    const said = `${row.ratio.toFixed(3)} at most ${row.target.toFixed(3)}`;
    process.stdout.write(`${isMet(row) ? "reached" : "missed "} ${said}  ${row.name}\n`);
  }
}
