import { uptime } from "node:os";
import { type Instant, instant } from "#src/base/units.ts";

/**
 * Time since the computer began that goes on while it sleeps (CLOCK_BOOTTIME): a lease that ended
 * meanwhile is over, and a machine that rested has rested.
 *
 * BT1  The kernel's monotonic clock stands still while the computer sleeps, and its time of day does not:
 *      where the two have parted, the system is asked how long it has been up, sleep included.
 * BT2  It never runs back. A sleep of less than `noticed` is not noticed; nor is any where the system does
 *      not count it, as in containers that tell their own uptime: time is too short there, never too long.
 */
export interface TimeSources {
  /** Milliseconds of CLOCK_MONOTONIC. */
  monotonic(): number;
  /** Milliseconds since 1970, which somebody may set. */
  wall(): number;
  /** Milliseconds, sleep included; undefined where the system does not say. */
  uptime(): number | undefined;
}

const noticed = 500;

export function bootTime(sources: TimeSources = ofSystem): () => Instant {
  let apart = Number.NaN;
  let slept = 0;
  return () => {
    const monotonic = sources.monotonic();
    const now = sources.wall() - monotonic;
    if (!(Math.abs(now - apart) < noticed)) {
      apart = now;
      const asleep = (sources.uptime() ?? 0) - monotonic;
      if (asleep - slept >= noticed) slept = asleep;
    }
    return instant(monotonic + slept);
  };
}

const ofSystem: TimeSources = {
  monotonic() {
    const [whole, nanos] = process.hrtime();
    return whole * 1_000 + nanos / 1e6;
  },
  wall: () => Date.now(),
  // Elsewhere it is what the time of day says of the start, and moves when somebody sets that.
  uptime: () => (process.platform === "linux" ? uptime() * 1_000 : undefined),
};
