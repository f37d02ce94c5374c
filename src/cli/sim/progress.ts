import type { StoryLine } from "#src/contract/simulation.ts";
import type { Shell } from "../shell.ts";
import { stopwatch } from "../show/moment.ts";

/** One line on standard error that says how far a run is, where somebody looks at it. */
export interface Progress {
  readonly onStory: (line: StoryLine) => void;
  readonly onStretch: (at: number) => void;
  /** Wipes the line. */
  end(): void;
}

const redrawEvery = 100;

export function progressOf({ powers }: Shell, what: string, length: number): Progress {
  const startedAt = powers.now();
  let violations = 0;
  let drawnAt = startedAt;
  const shown = powers.err.isTTY === true;
  return {
    onStory: ({ kind }) => {
      if (kind === "violation") violations += 1;
    },
    onStretch(at) {
      const now = powers.now();
      if (!shown || now - drawnAt < redrawEvery) return;
      drawnAt = now;
      const percent = Math.floor((100 * at) / length);
      const speed = Math.round(at / Math.max(1, now - startedAt)).toLocaleString("en");
      powers.err.write(
        `\r\u001b[2K${what}  ${stopwatch(at)}  ${percent} %  ${speed} times real time  violations ${violations}`,
      );
    },
    end() {
      if (shown) powers.err.write("\r\u001b[2K");
    },
  };
}
