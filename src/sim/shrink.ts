/**
 * The least that still fails: fewer faults, fewer nodes, less time.
 *
 * SK1  What comes out fails, and is no larger than the start in faults, nodes and time.
 * SK2  None of its faults can be left out, unless the tries ran out before that was known.
 * SK3  Of nodes and time none is less that was tried and fails.
 * SK4  No candidate is tried twice, and no more of them than were allowed.
 * SK5  A shorter run has its calm too: in it no fault begins or lasts later.
 */
export interface Timed {
  readonly at: number;
  readonly until: number;
  readonly node?: number;
}

export interface Candidate<F extends Timed> {
  readonly faults: readonly F[];
  readonly nodes: number;
  /** Milliseconds, of faults and calm together. */
  readonly length: number;
}

/** When it breaks what is looked for; undefined when it does not. */
export type Fails<F extends Timed> = (candidate: Candidate<F>) => number | undefined;

export interface ShrinkLimits {
  readonly tries: number;
  /** At the end of every run, in milliseconds. */
  readonly calm: number;
  /** No run may be shorter. */
  readonly shortest: number;
  /** Lengths are whole multiples of it. */
  readonly grain: number;
}

export interface Shrunk<F extends Timed> {
  readonly least: Candidate<F>;
  readonly tries: number;
  /** Whether all that could be tried was tried. */
  readonly done: boolean;
}

/** `brokeAt` is when the start breaks: it is known to fail. */
export function shrink<F extends Timed>(
  start: Candidate<F>,
  brokeAt: number,
  fails: Fails<F>,
  limits: ShrinkLimits,
): Shrunk<F> {
  const search = new Search(start, brokeAt, fails, limits);
  while (search.round()) {}
  return { least: search.least, tries: search.tries, done: search.tries < limits.tries };
}

class Search<F extends Timed> {
  least: Candidate<F>;
  tries = 0;
  #brokeAt: number;
  readonly #fails: Fails<F>;
  readonly #limits: ShrinkLimits;
  readonly #tried = new Set<string>();

  constructor(start: Candidate<F>, brokeAt: number, fails: Fails<F>, limits: ShrinkLimits) {
    this.least = start;
    this.#brokeAt = brokeAt;
    this.#fails = fails;
    this.#limits = limits;
    this.#tried.add(JSON.stringify(start));
  }

  /** Short runs of small fleets are tried sooner: they cost least. True when anything got less. */
  round(): boolean {
    const before = this.least;
    this.#lessTime();
    this.#fewerNodes();
    this.#fewerFaults();
    return this.least !== before && this.tries < this.#limits.tries;
  }

  /** Whether it fails; then it is the least so far. */
  #take(candidate: Candidate<F>): boolean {
    if (this.tries >= this.#limits.tries) return false;
    const key = JSON.stringify(candidate);
    if (this.#tried.has(key)) return false;
    this.#tried.add(key);
    this.tries += 1;
    const brokeAt = this.#fails(candidate);
    if (brokeAt === undefined) return false;
    this.least = candidate;
    this.#brokeAt = brokeAt;
    return true;
  }

  /** What comes after the breach cannot have led to it. */
  #lessTime(): void {
    const { calm, shortest, grain } = this.#limits;
    const whole = (length: number): number => Math.max(shortest, grain * Math.ceil(length / grain));
    const soon = [this.#brokeAt, this.#brokeAt + calm].map(whole);
    for (const length of soon) {
      if (length < this.least.length && this.#take(this.#within(length))) break;
    }
    let below = shortest - grain;
    while (this.least.length - below > grain) {
      const length = grain * Math.ceil((below + this.least.length) / 2 / grain);
      if (length >= this.least.length || length < shortest) return;
      if (!this.#take(this.#within(length))) below = length;
    }
  }

  #within(length: number): Candidate<F> {
    const calm = length - this.#limits.calm;
    const faults = this.least.faults
      .filter(({ at }) => at < calm)
      .map((fault) => (fault.until <= calm ? fault : { ...fault, until: calm }));
    return { ...this.least, faults, length };
  }

  /** Doubles up from one node; then what lies between the last that did not and the first that did. */
  #fewerNodes(): void {
    let below = 0;
    for (let nodes = 1; nodes < this.least.nodes; nodes *= 2) {
      if (this.#takeWith(nodes)) break;
      below = nodes;
    }
    while (this.least.nodes - below > 1) {
      const nodes = Math.floor((below + this.least.nodes) / 2);
      if (!this.#takeWith(nodes)) below = nodes;
    }
  }

  /** The first nodes with their own faults, or with those of all. */
  #takeWith(nodes: number): boolean {
    const { faults } = this.least;
    const own = faults.filter(({ node = 0 }) => node < nodes);
    const folded = faults.map((fault) =>
      fault.node === undefined || fault.node < nodes
        ? fault
        : { ...fault, node: fault.node % nodes },
    );
    return (
      this.#take({ ...this.least, faults: own, nodes }) ||
      this.#take({ ...this.least, faults: folded, nodes })
    );
  }

  /** Leaves out ever smaller parts (Zeller and Hildebrandt's ddmin), down to single faults. */
  #fewerFaults(): void {
    let size = this.least.faults.length;
    while (size > 0) {
      let fewer = false;
      for (let from = 0; from < this.least.faults.length; ) {
        const { faults } = this.least;
        const left = [...faults.slice(0, from), ...faults.slice(from + size)];
        if (this.#take({ ...this.least, faults: left })) fewer = true;
        else from += size;
      }
      if (size === 1 && !fewer) return;
      if (size > 1) size = Math.ceil(size / 2);
    }
  }
}
