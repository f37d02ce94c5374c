import type { Sink } from "../powers.ts";

/** A block of lines that is drawn again in its own place; what stood above stays. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Leaves the last block where it is. */
  close(): void;
}

const control = "\u001b[";

export function openScreen(out: Sink): Screen {
  let drawn = 0;
  const close = (): void => {
    process.off("exit", close);
    out.write(`${control}?25h`);
  };
  // However the process ends, the person gets the cursor back.
  process.once("exit", close);
  out.write(`${control}?25l`);
  return {
    draw(lines) {
      const home = drawn === 0 ? "" : `${control}${drawn}A`;
      const text = lines.map((line) => `${line}${control}K\n`).join("");
      out.write(`${home}\r${text}${control}0J`);
      drawn = lines.length;
    },
    close,
  };
}
