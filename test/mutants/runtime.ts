import type { Mutant } from "./mutant.ts";

/** Mistakes in the shells that carry out what agents decide. */
const node = "src/runtime/node-shell.ts";
const control = "src/runtime/control-shell.ts";
const memory = "src/runtime/control-memory.ts";
const cycles = "src/runtime/control-cycles.ts";
const region = "src/runtime/region-shell.ts";
const credit = "src/runtime/credit-sender.ts";
const host = "src/runtime/host.ts";

export const runtimeMutants: readonly Mutant[] = [
  {
    name: "points are appended twice",
    file: node,
    find: "this.#disk().append(effect.intake);",
    replace: "this.#disk().append(effect.intake);\n          this.#disk().append(effect.intake);",
    law: "once",
  },
  {
    name: "every run counts from the same boot",
    file: node,
    find: "this.#boot ??= this.#state.begin();",
    replace: "this.#boot ??= 1;",
    law: "once",
  },
  {
    name: "more is let go than was acked",
    file: node,
    find: "this.#disk().forget(effect.boot, effect.upTo);",
    replace: "this.#disk().forget(effect.boot, effect.upTo + 20);",
    law: "accounted",
  },
  {
    name: "the time without a region is not kept on disk",
    file: memory,
    find: "this.#keep(this.#keepIsolation);",
    replace: "",
    law: "leased",
  },
  {
    name: "a kept epoch is not on the disk",
    file: node,
    find: "this.#memory().keepEpoch(effect.epoch, effect.controller);",
    replace: "this.#memory();",
    law: "live",
  },
  {
    name: "the link agent does not hear that its disk refused",
    file: node,
    find: 'this.#host.post({ kind: "storeDown", fault: error.fault });',
    replace: "",
    law: "live",
  },
  {
    name: "the link agent does not hear that its session ended",
    file: node,
    find: 'this.#host.post({ kind: "busDown", fault: met });',
    replace: "",
    law: "live",
  },
  {
    name: "the last point of a transaction is taken for one that waits",
    file: node,
    find: 'return { kind: "appended", upTo, buffered: this.#known() };',
    replace: 'return { kind: "appended", upTo: upTo - 1, buffered: this.#known() };',
    law: "once",
  },
  {
    name: "the control agent is asked only when a loop is due",
    file: cycles,
    find: "if (wasAsked || !must || !isThere()) return wasAsked;",
    replace: "if (wasAsked || must || !isThere()) return wasAsked;",
    law: "local",
  },
  {
    name: "the control thread waits for its link thread",
    file: credit,
    find: "this.#unacked = Math.max(0, this.#unacked - 1);",
    replace: "",
    law: "local",
  },
  {
    name: "loops stand still without a region",
    file: control,
    find: "step: (input) => this.#host.post(input),",
    replace: "step: (input) => this.#memory.isolatedFor === 0 && this.#host.post(input),",
    law: "local",
  },
  {
    name: "a refused batch is acked",
    file: region,
    find: 'this.#host.post({ kind: "ingestFailed", fault: error.fault });',
    replace:
      'this.#host.post({ kind: "ingested", node: effect.node, boot: effect.batch.boot, upTo: effect.batch.points.at(-1)?.[0] ?? 0 });',
    law: "accounted",
  },
  {
    name: "a batch is acked as far as it goes, gaps or not",
    file: region,
    find: "boot: effect.batch.boot, upTo });",
    replace:
      "boot: effect.batch.boot, upTo: Math.max(upTo, effect.batch.points.at(-1)?.[0] ?? 0) });",
    law: "accounted",
  },
  {
    name: "an input that an effect brings about is dropped",
    file: host,
    find: "    if (this.#ended) return;\n    if (this.#mailbox.push(input)",
    replace: "    if (this.#ended || this.#draining) return;\n    if (this.#mailbox.push(input)",
    law: "live",
  },
];
