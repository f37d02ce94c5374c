/**
 * Resolves with the reason to stop: a signal, or, for a child that was given a pipe, the end of its
 * parent. Asked once a process.
 */
export function untilTold(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => resolve(signal));
  if (env["HOLDFAST_PARENT_PIPE"] === "1") {
    process.stdin.resume();
    process.stdin.once("close", () => resolve("the parent ended"));
    process.stdin.once("end", () => resolve("the parent ended"));
  }
  return promise;
}
