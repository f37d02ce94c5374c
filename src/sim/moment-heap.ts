/**
 * A binary heap of items by moment, then by order. Its keys stand in arrays of their own, so that a
 * comparison follows no pointer.
 */
export class MomentHeap {
  readonly #at: number[] = [];
  readonly #order: number[] = [];
  readonly #item: number[] = [];

  get size(): number {
    return this.#item.length;
  }

  /** Moment and item of the earliest; only of a heap that is not empty. */
  get firstAt(): number {
    return this.#at[0] as number;
  }

  get first(): number {
    return this.#item[0] as number;
  }

  push(at: number, order: number, item: number): void {
    const ats = this.#at;
    const orders = this.#order;
    const items = this.#item;
    let hole = items.length;
    ats.push(at);
    orders.push(order);
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = ats[parent] as number;
      if (above < at || (above === at && (orders[parent] as number) < order)) break;
      ats[hole] = above;
      orders[hole] = orders[parent] as number;
      items[hole] = items[parent] as number;
      hole = parent;
    }
    ats[hole] = at;
    orders[hole] = order;
    items[hole] = item;
  }

  /** Takes the earliest away. */
  shift(): void {
    const at = this.#at.pop() as number;
    const order = this.#order.pop() as number;
    const item = this.#item.pop() as number;
    if (this.#item.length > 0) this.#sink(at, order, item);
  }

  /** Keeps the items that pass; they are asked for in no particular order. */
  filter(keep: (item: number) => boolean): void {
    const ats = this.#at.splice(0);
    const orders = this.#order.splice(0);
    for (const [index, item] of this.#item.splice(0).entries()) {
      if (keep(item)) this.push(ats[index] as number, orders[index] as number, item);
    }
  }

  #sink(at: number, order: number, item: number): void {
    const ats = this.#at;
    const orders = this.#order;
    const items = this.#item;
    const size = items.length;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const other = child + 1;
      if (other < size) {
        const one = ats[child] as number;
        const two = ats[other] as number;
        if (two < one || (two === one && (orders[other] as number) < (orders[child] as number))) {
          child = other;
        }
      }
      const below = ats[child] as number;
      if (at < below || (at === below && order < (orders[child] as number))) break;
      ats[hole] = below;
      orders[hole] = orders[child] as number;
      items[hole] = items[child] as number;
      hole = child;
    }
    ats[hole] = at;
    orders[hole] = order;
    items[hole] = item;
  }
}
