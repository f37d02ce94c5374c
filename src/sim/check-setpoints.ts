import type { Message } from "#src/contract/topics.ts";
import type { Findings } from "./findings.ts";

/**
 * Knows what people asked of one region, and listens to what the region says to its nodes.
 *
 * KS1  It asks a node for nothing but what a person asked, and not beyond its end.
 * KS2  A request ends once, and none is taken that lies outside the bounds of its loop.
 */
export interface PersonAsked {
  /** A person of its own for each request. */
  readonly owner: string;
  readonly node: string;
  readonly loop: string;
  readonly value: number;
  readonly from: number;
  readonly until: number;
  readonly isWithin: boolean;
}

/** A clock that starts anew with its machine is off by as much. */
const offAfterBoot = 2_500;

export class SetpointWitness {
  readonly #findings: Findings;
  readonly #region: string;
  readonly #asked = new Map<string, PersonAsked>();
  readonly #ended = new Set<string>();

  constructor(findings: Findings, region: string) {
    this.#findings = findings;
    this.#region = region;
  }

  asks(one: PersonAsked): void {
    this.#asked.set(one.owner, one);
  }

  /** The end of a request, as the person was told. */
  ends({ owner, value, isWithin }: PersonAsked, isTaken: boolean): void {
    if (this.#ended.has(owner)) this.#break("once", `the request of ${owner} ended twice`);
    this.#ended.add(owner);
    if (isTaken && !isWithin) this.#break("bounded", `${value} was taken, outside its bounds`);
  }

  /** The region hands a message to its connection. */
  says(message: Message): void {
    if (message.channel !== "setpoint") return;
    const { owner, value, for: length } = message.body;
    const { node, loop } = message.params;
    const one = this.#asked.get(owner);
    if (one?.node !== node || one.loop !== loop || one.value !== value) {
      this.#break("leased", `${value} is asked of ${node}, and nobody wants it`);
      return;
    }
    const beyond = (this.#findings.world.now as number) + length - one.until;
    if (beyond > offAfterBoot)
      this.#break("leased", `${value} is asked ${beyond} ms beyond its end`);
  }

  #break(law: "leased" | "once" | "bounded", what: string): void {
    this.#findings.report(law, this.#region, what);
  }
}
