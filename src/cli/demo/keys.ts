/** Single keys from the terminal, without Enter; nothing where there is no terminal. */
export function readKeys(onKey: (key: string) => void): { close(): void } {
  const { stdin } = process;
  if (!stdin.isTTY) return { close: () => undefined };
  const onData = (chunk: Buffer): void => {
    for (const key of chunk.toString("utf8")) onKey(key);
  };
  stdin.setRawMode(true);
  stdin.on("data", onData);
  return {
    close() {
      stdin.off("data", onData);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

/** What Ctrl-C is while the terminal passes keys on as they are. */
export const controlC = "\u0003";
