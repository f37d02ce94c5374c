import { type Fault, FaultError } from "#src/base/fault.ts";
import { exit } from "./exit.ts";
import { colourful, type Paint, plain, wantsColour } from "./paint.ts";
import type { Powers, Sink } from "./powers.ts";
import { renderFault } from "./show/fault.ts";
import type { Scene } from "./show/scene.ts";

/**
 * The two streams of a command: what was asked for goes to standard output, talk about it to
 * standard error.
 */
export interface Terminal {
  /** How to draw on standard output at this moment. */
  scene(): Scene;
  readonly interactive: boolean;
  /** Lines of the answer. */
  print(lines: readonly string[] | string): void;
  /** One document, on one line, with its version. */
  printJson(document: object): void;
  /** Colours for standard error. */
  readonly talkPaint: Paint;
  /** Lines about the work, not part of the answer. */
  talk(lines: readonly string[] | string): void;
  /** Says in three parts what failed, and gives the exit code for it. */
  fail(what: string, met: Fault): number;
  /** True once the reader of standard output has gone away. */
  gone(): boolean;
}

export function openTerminal(powers: Powers, options: { readonly colour: boolean }): Terminal {
  let gone = false;
  powers.out.on?.("error", () => {
    gone = true;
  });
  const paintOn = (sink: Sink): Paint => {
    const isTTY = sink.isTTY === true;
    return wantsColour({ env: powers.env, isTTY, declined: !options.colour }) ? colourful : plain;
  };
  const talk = (lines: readonly string[] | string): void => {
    powers.err.write(joined(lines));
  };
  return {
    interactive: powers.out.isTTY === true,
    scene: () => ({
      now: powers.now(),
      offset: (at) => -new Date(at).getTimezoneOffset(),
      // A serial line says that it is 0 wide.
      width: powers.out.isTTY === true ? powers.out.columns || 80 : undefined,
      paint: paintOn(powers.out),
    }),
    print(lines) {
      if (!gone) powers.out.write(joined(lines));
    },
    printJson(document) {
      if (!gone) powers.out.write(`${JSON.stringify({ v: 1, ...document })}\n`);
    },
    talkPaint: paintOn(powers.err),
    talk,
    fail(what, met) {
      talk(renderFault(what, met, paintOn(powers.err)));
      return exitFor(met);
    },
    gone: () => gone,
  };
}

/** Faults that are about the configuration have the exit code by which systemd knows them. */
function exitFor(met: Fault): number {
  if (met.code === "USAGE") return exit.usage;
  return met.code.startsWith("CONFIG_") ? exit.config : exit.failed;
}

/** The fault that an error carries; undefined for a defect of ours. */
export const faultOf = (error: unknown): Fault | undefined =>
  error instanceof FaultError ? error.fault : undefined;

const joined = (lines: readonly string[] | string): string =>
  typeof lines === "string" ? `${lines}\n` : lines.map((line) => `${line}\n`).join("");
