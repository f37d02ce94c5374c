import type { Scene } from "./scene.ts";

/** "14:02:11 (6 min ago)"; with its date when it was on another day. */
export function moment(at: number, scene: Scene): string {
  return `${clockTime(at, scene)} (${relative(at, scene.now)})`;
}

export function clockTime(at: number, scene: Scene): string {
  const there = local(at, scene);
  const today = local(scene.now, scene);
  return there.day === today.day ? there.time : `${there.day} ${there.time}`;
}

/** "14:02:11.250", for lines that come faster than seconds. */
export function exactTime(at: number, scene: Scene): string {
  const milliseconds = String(((at % 1_000) + 1_000) % 1_000).padStart(3, "0");
  return `${local(at, scene).time}.${milliseconds}`;
}

export function relative(at: number, now: number): string {
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`;
}

/** A length in its one fitting unit: "0 s", "59 s", "6 min", "3 h", "12 d". */
export function span(length: number): string {
  if (length < 60_000) return `${Math.floor(length / 1_000)} s`;
  if (length < 3_600_000) return `${Math.floor(length / 60_000)} min`;
  if (length < 48 * 3_600_000) return `${Math.floor(length / 3_600_000)} h`;
  return `${Math.floor(length / 86_400_000)} d`;
}

/** "0:07", "12:30", "1:02:03": how long something has been going on. */
export function stopwatch(length: number): string {
  const whole = Math.max(0, Math.floor(length / 1_000));
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const seconds = String(s).padStart(2, "0");
  return h === 0 ? `${m}:${seconds}` : `${h}:${String(m).padStart(2, "0")}:${seconds}`;
}

function local(at: number, scene: Scene): { readonly day: string; readonly time: string } {
  const moved = new Date(at + scene.offset(at) * 60_000);
  if (Number.isNaN(moved.getTime())) return { day: "unknown day", time: "unknown time" };
  const text = moved.toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 19) };
}
