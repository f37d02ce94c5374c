/** Ends with the first of: a signal, the time that was given, a call. */
export interface Stopped {
  /** The signal that ended it, if one did. */
  readonly done: Promise<"SIGINT" | "SIGTERM" | "SIGHUP" | undefined>;
  stop(): void;
}

export function untilStopped(length?: number): Stopped {
  const { promise, resolve } = Promise.withResolvers<Awaited<Stopped["done"]>>();
  const timer = length === undefined ? undefined : setTimeout(resolve, length, undefined);
  for (const signal of signals) process.on(signal, resolve);
  const done = promise.finally(() => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, resolve);
  });
  return { done, stop: () => resolve(undefined) };
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
