import { type Check, failed, passed } from "./check.ts";

// Machines without a battery for their clock wake up in 1970 or at the birth of their firmware.
const earliest = Date.UTC(2025, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** Whether the wall clock can be right. Nothing acts on it, but it dates every point. */
export function checkClock(now: number): Check {
  const said = new Date(now).toISOString();
  return now >= earliest && now < latest
    ? passed("clock", said)
    : failed(
        "clock",
        `it says ${said}`,
        "set the clock, or let it be kept by NTP; points are dated by it",
      );
}
