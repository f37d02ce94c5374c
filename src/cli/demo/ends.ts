import type { Fault } from "#src/base/fault.ts";

/** Why the demo ends. */
export type Ending =
  | { readonly kind: "time" | "quit" }
  | { readonly kind: "signal"; readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP" }
  | { readonly kind: "broken"; readonly fault: Fault };

/** Who asks once wants an orderly end; who asks again does not want to wait for it. */
export interface Ends {
  readonly first: Promise<Ending>;
  readonly again: Promise<void>;
  end(ending: Ending): void;
  /** A defect of ours: whatever waits for an end is thrown out of its wait. */
  fail(error: unknown): void;
  close(): void;
}

export function watchEnds(): Ends {
  const first = Promise.withResolvers<Ending>();
  const again = Promise.withResolvers<void>();
  // It is waited for only while something ends; a failure before that is told by `first`.
  again.promise.catch(() => undefined);
  let asked = false;
  const end = (ending: Ending): void => {
    if (asked) again.resolve();
    asked = true;
    first.resolve(ending);
  };
  const listeners = signals.map((signal) => {
    const listener = (): void => end({ kind: "signal", signal });
    process.on(signal, listener);
    return { signal, listener };
  });
  return {
    first: first.promise,
    again: again.promise,
    end,
    fail(error) {
      first.reject(error);
      again.reject(error);
    },
    close() {
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
