import { invariant } from "#src/base/assert.ts";

interface Most {
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

/**
 * How many connections there are, in all and from each address.
 *
 * CO1  `enter` lets nobody in beyond either bound; `leave` makes room again.
 */
export class ConnectionCount {
  readonly #most: Most;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(most: Most) {
    this.#most = most;
  }

  get size(): number {
    return this.#count;
  }

  /** Why not, in words for a log; undefined when it was let in. */
  enter(address: string): string | undefined {
    const { connections, connectionsPerAddress } = this.#most;
    const fromThere = this.#byAddress.get(address) ?? 0;
    if (this.#count >= connections) return `there are ${connections} connections already`;
    if (fromThere >= connectionsPerAddress) {
      return `there are ${connectionsPerAddress} connections from this address already`;
    }
    this.#count += 1;
    this.#byAddress.set(address, fromThere + 1);
    return undefined;
  }

  leave(address: string): void {
    const fromThere = this.#byAddress.get(address) ?? 0;
    invariant(fromThere > 0, "who leaves was let in");
    this.#count -= 1;
    if (fromThere === 1) this.#byAddress.delete(address);
    else this.#byAddress.set(address, fromThere - 1);
  }
}
