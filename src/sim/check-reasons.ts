import type { NodeConfig } from "#src/contract/config.ts";
import type { Explanation } from "#src/contract/query.ts";
import type { AuthorityWitness } from "./check-authority.ts";
import type { LatchWitness } from "./check-latches.ts";
import type { OutputRule, RegisterWitness } from "./check-registers.ts";
import type { Findings } from "./findings.ts";
import { moment } from "./moment.ts";

/** Who is asked why an output is what it is; undefined: there is no answer. */
export interface Asked {
  why(output: string): Explanation | undefined;
}

/**
 * Asks a node why, whenever one of its outputs has changed, as a person would.
 *
 * KW1  There is an answer, with a reason, an authority, and the value that stands in the register, unless
 *      its device is slow: an order of before may then arrive after another one was given.
 * KW2  The region or a person is named only if it was heard, and still runs; a kill only if somebody did.
 * KW3  It names no later beginning than now, and none before the change.
 */
export class ReasonWitness {
  readonly #rules: readonly OutputRule[];
  readonly #loopsOf: readonly (readonly string[])[];
  readonly #registers: readonly RegisterWitness[];
  readonly #authority: AuthorityWitness;
  readonly #latches: LatchWitness;
  readonly #findings: Findings;
  readonly #who: string;
  readonly #asked: number[];

  constructor(parts: {
    readonly config: NodeConfig;
    readonly rules: readonly OutputRule[];
    readonly registers: readonly RegisterWitness[];
    readonly authority: AuthorityWitness;
    readonly latches: LatchWitness;
    readonly findings: Findings;
    readonly who: string;
  }) {
    const { config, rules, registers, authority, latches, findings, who } = parts;
    this.#rules = rules;
    this.#registers = registers;
    this.#authority = authority;
    this.#latches = latches;
    this.#findings = findings;
    this.#who = who;
    this.#loopsOf = rules.map(({ name }) => loopsBehind(config, name));
    this.#asked = rules.map(() => Number.NEGATIVE_INFINITY);
  }

  /** A new program is not asked for what the last one did. */
  started(): void {
    this.#asked.fill(this.#findings.world.now);
    for (const register of this.#registers) register.started();
  }

  /** Asks for each output that changed since the last time; `wall` is the node's own. */
  ask(node: Asked, wall: number): void {
    const { now } = this.#findings.world;
    for (let index = 0; index < this.#rules.length; index += 1) {
      const changedAt = this.#changedAt(index);
      if (changedAt <= (this.#asked[index] as number)) continue;
      this.#asked[index] = now;
      const { name } = this.#rules[index] as OutputRule;
      const said = node.why(name);
      if (said === undefined) this.#break(`${name} changed, and nobody says why`);
      else this.#judge(index, said, changedAt, wall - (now - changedAt), wall);
    }
  }

  #judge(index: number, said: Explanation, changedAt: number, since: number, wall: number): void {
    const { name, tolerance } = this.#rules[index] as OutputRule;
    const { now } = this.#findings.world;
    const { authority } = said.winner;
    if (said.because === "" || said.because === "just started") {
      this.#break(`${name} changed without a reason`);
    }
    const register = this.#registers.find(({ written }) => written[index] !== undefined);
    const stands = register?.written[index];
    const isOwn = changedAt === now && register?.isOwn[index] === true;
    const differs = said.value === null || Math.abs(said.value - (stands ?? 0)) > tolerance + 1e-9;
    if (changedAt === now && differs && register?.isPrompt === true) {
      this.#break(`${name} is ${stands}, the answer is about ${said.value}`);
    }
    const loops = this.#loopsOf[index] as readonly string[];
    if (
      authority === "grant" &&
      !loops.some((loop) => this.#authority.mightFollow(loop, changedAt))
    ) {
      this.#break(`${name} is said to follow the region, which did not ask for it`);
    }
    if (authority === "override" && !this.#latches.isByHand(index)) {
      this.#break(`${name} is said to follow a person; nobody asked`);
    } else if (authority === "override") this.#findings.marks.reach("an output was by hand");
    if (authority === "kill" && !this.#latches.isKilled(index)) {
      this.#break(`${name} is said to be killed; nobody did`);
    }
    if (said.since > wall + 50 || (isOwn && said.since < since - 50)) {
      this.#break(
        `${name} changed ${wall - since} ms ago, the answer says ${wall - said.since} ms`,
      );
    }
  }

  #changedAt(index: number): number {
    let latest: number = moment(Number.NEGATIVE_INFINITY);
    for (const { changedAt } of this.#registers) {
      latest = Math.max(latest, changedAt[index] as number);
    }
    return latest;
  }

  #break(what: string): void {
    this.#findings.report("explained", this.#who, what);
  }
}

/** Loops that move an output, by themselves or through a drive. */
function loopsBehind({ loops, drives }: NodeConfig, output: string): readonly string[] {
  const targets = Object.entries(drives).flatMap(([name, drive]) => {
    const parts = drive.kind === "split-range" ? drive.to : drive.machines;
    return parts.some((part) => part.output === output) ? [name] : [];
  });
  return Object.entries(loops).flatMap(([name, loop]) =>
    loop.output === output || targets.includes(loop.output ?? "") ? [name] : [],
  );
}
