import { existsSync } from "node:fs";
import type { Fault } from "#src/base/fault.ts";
import { FaultError, fault } from "#src/base/fault.ts";
import type { WallTime } from "#src/base/units.ts";
import { type Ballast, ballastAt } from "./sqlite-ballast.ts";
import {
  type Connection,
  checkPages,
  connect,
  connectReadonly,
  migrate,
} from "./sqlite-connection.ts";
import { DamagedError, isSchemaError, type StoreFault, storeFault } from "./sqlite-faults.ts";
import { quarantine } from "./sqlite-quarantine.ts";

/** What every store is told by who opens it. */
export interface StoreOptions {
  readonly path: string;
  /** When it is opened; names what has to be put aside. */
  readonly now: WallTime;
  /**
   * STORE_CORRUPT: a damaged file was put aside. What follows works on a new one.
   * SAFETY_MEMORY_LOST: what it held is not known, and the worst is assumed.
   */
  readonly damaged: (fault: Fault) => void;
}

export interface DatabaseRules<S> {
  /** Each brings the schema one version further; `user_version` counts them. */
  readonly migrations: readonly string[];
  /** exclusive: nobody else may open it while we live. */
  readonly sharing: "exclusive" | "shared";
  /** The statements, made anew for each connection. */
  readonly prepare: (connection: Connection) => S;
  /** What is wrong with the contents; undefined when nothing is. */
  readonly verify: (statements: S) => string | undefined;
  /** Carries over from a damaged file what can be read and proves sound. */
  readonly salvage?: (damaged: Connection, statements: S) => void;
  /** Writes down what is to be assumed where nothing could be carried over. */
  readonly lost?: (statements: S, why: string) => void;
}

/** Free pages that take a full flush without the file growing: it fills about eleven. */
const sparePages = 16;

/**
 * One database file, and all that may happen to it.
 *
 * Q1  A transaction that returned is on the disk; one that threw a FaultError left nothing behind.
 * Q2  A damaged file is put aside, never used and never deleted at once; its loss is reported.
 * Q3  On a full disk what makes room still works: `shrink` may use the ballast, `grow` may not.
 * Q4  After an error that says more about the connection than about the question, the next use
 *     opens a new one.
 */
export class SqliteDatabase<S> {
  readonly #options: StoreOptions;
  readonly #rules: DatabaseRules<S>;
  readonly #ballast: Ballast;
  #opened: Opened<S> | undefined;
  /** What was wrong when the last connection was given up. */
  #suspicion: string | undefined;
  #closed = false;

  constructor(options: StoreOptions, rules: DatabaseRules<S>) {
    this.#options = options;
    this.#rules = rules;
    this.#ballast = ballastAt(`${options.path}.ballast`);
    this.#use();
    this.#ballast.restore();
  }

  read<T>(work: (statements: S) => T): T {
    return this.#guard(() => {
      const { connection, statements } = this.#use();
      return connection.transaction(() => work(statements)).deferred();
    });
  }

  /** For what adds to the file. */
  grow<T>(work: (statements: S) => T): T {
    this.#demandRoom();
    return this.#again(
      () => this.#transact(work),
      () => this.#demandRoom(),
    );
  }

  /** For what adds nothing, or makes room. */
  shrink<T>(work: (statements: S) => T): T {
    const done = this.#again(
      () => this.#transact(work),
      () => undefined,
    );
    if (!this.#ballast.stands()) {
      this.#emptyLog();
      this.#ballast.restore();
    }
    return done;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #transact<T>(work: (statements: S) => T): T {
    const { connection, statements } = this.#use();
    return connection.transaction(() => work(statements)).immediate();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new FaultError(this.#met(error).fault, { cause: error });
    }
  }

  /** On a full disk once more, after what could be given up is given up. */
  #again<T>(work: () => T, beforeSecond: () => void): T {
    try {
      return work();
    } catch (error) {
      const met = this.#met(error);
      if (met.kind !== "full") throw new FaultError(met.fault, { cause: error });
      this.#ballast.release();
      this.#emptyLog();
      beforeSecond();
      return this.#guard(work);
    }
  }

  /** Free pages come first: where there are some, the log needs the room more than the ballast. */
  #demandRoom(): void {
    if (this.#ballast.stands() || this.#hasFreePages() || this.#ballast.restore()) return;
    throw new FaultError(fault("STORE_FULL", { path: this.#options.path }));
  }

  /** The world's fault; rethrows what is ours. */
  #met(error: unknown): StoreFault {
    const { path } = this.#options;
    const met = storeFault(error, path, this.#rules.sharing);
    if (met === undefined) throw error;
    if (met.kind === "damaged") this.#suspicion = (error as Error).message;
    if (met.kind === "damaged" || met.kind === "lost") this.#drop();
    return met;
  }

  #drop(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.connection.close();
  }

  #hasFreePages(): boolean {
    return this.#guard(() => {
      const free = this.#use().connection.pragma("freelist_count", { simple: true });
      return Number(free) >= sparePages;
    });
  }

  /** Best effort: it fails while a reader holds the log or the disk is full, and is tried again. */
  #emptyLog(): void {
    try {
      this.#opened?.connection.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      this.#met(error);
    }
  }

  #use(): Opened<S> {
    if (this.#closed) {
      const { path } = this.#options;
      throw new FaultError(fault("STORE_FAILED", { path, why: "it is closed" }));
    }
    this.#opened ??= this.#openWithRoom();
    return this.#opened;
  }

  #openWithRoom(): Opened<S> {
    const opened = this.#open(() => this.#open(undefined));
    this.#suspicion = undefined;
    return opened;
  }

  /** `again` is asked when the ballast made room. */
  #open(again: (() => Opened<S>) | undefined): Opened<S> {
    const { path } = this.#options;
    try {
      return openSound(this.#options, this.#rules, this.#suspicion);
    } catch (error) {
      const met = storeFault(error, path, this.#rules.sharing);
      if (met === undefined) throw error;
      if (met.kind === "full" && again !== undefined && this.#ballast.release()) return again();
      throw new FaultError(met.fault, { cause: error });
    }
  }
}

interface Opened<S> {
  readonly connection: Connection;
  readonly statements: S;
}

function openSound<S>(
  options: StoreOptions,
  rules: DatabaseRules<S>,
  suspicion: string | undefined,
): Opened<S> {
  try {
    if (suspicion !== undefined && existsSync(options.path)) throw new DamagedError(suspicion);
    return open(options.path, rules);
  } catch (error) {
    const why = damageOf(error, options.path, rules);
    if (why === undefined) throw error;
    const kept = quarantine(options.path, options.now);
    const fresh = open(options.path, rules);
    const rest = salvage(kept, fresh, rules, why);
    options.damaged(fault("STORE_CORRUPT", { path: options.path, kept, why: why + rest }));
    return { ...fresh, statements: rules.prepare(fresh.connection) };
  }
}

function open<S>(path: string, rules: DatabaseRules<S>): Opened<S> {
  const connection = connect(path, rules.sharing);
  try {
    checkPages(connection, path);
    migrate(connection, path, rules.migrations);
    const statements = rules.prepare(connection);
    const wrong = rules.verify(statements);
    if (wrong !== undefined) throw new DamagedError(wrong);
    return { connection, statements };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function damageOf<S>(error: unknown, path: string, rules: DatabaseRules<S>): string | undefined {
  if (isSchemaError(error)) return error.message;
  const met = storeFault(error, path, rules.sharing);
  return met?.kind === "damaged" ? (error as Error).message : undefined;
}

/** What could not be carried over is said, not thrown: the new database works without it. */
function salvage<S>(kept: string, fresh: Opened<S>, rules: DatabaseRules<S>, why: string): string {
  const { salvage: carry } = rules;
  if (carry === undefined) return "";
  try {
    const damaged = connectReadonly(kept);
    try {
      fresh.connection.transaction(() => carry(damaged, fresh.statements)).immediate();
    } finally {
      damaged.close();
    }
    return "; what proved sound was carried over";
  } catch (error) {
    const { lost } = rules;
    if (lost !== undefined) {
      fresh.connection.transaction(() => lost(fresh.statements, why)).immediate();
    }
    return `; nothing could be carried over: ${String(error)}`;
  }
}
