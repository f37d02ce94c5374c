import { figure } from "../show/text.ts";
import type { RoomView } from "./view.ts";

/** Something worth a line, at a moment in milliseconds since 1970. */
export interface DemoEvent {
  readonly at: number;
  /** The room it is about; undefined for the demo as a whole. */
  readonly room: string | undefined;
  readonly text: string;
}

/** What is remembered between two looks: rooms whose buffer grows, and how far it did. */
export type Watch = ReadonlyMap<string, number>;

/** A buffer holds a second or two of points at any time; more than this is a backlog. */
const grows = 50;
const drained = 25;

/** What changed between two looks at the rooms. */
export function eventsBetween(
  before: readonly RoomView[],
  after: readonly RoomView[],
  watch: Watch,
  at: number,
): { readonly watch: Watch; readonly events: readonly DemoEvent[] } {
  const next = new Map(watch);
  const events: DemoEvent[] = [];
  for (const [index, room] of after.entries()) {
    const say = (text: string): void => {
      events.push({ at, room: room.name, text });
    };
    const was = before[index];
    for (const text of changesOf(was, room)) say(text);
    if (room.state !== "running") continue;
    const peak = next.get(room.name);
    if (peak === undefined && room.buffered >= grows) {
      say(`buffers for the region: ${figure(room.buffered)} points wait`);
      next.set(room.name, room.buffered);
    } else if (peak !== undefined && room.buffered <= drained) {
      say(`delivered its backlog of ${figure(peak)} points`);
      next.delete(room.name);
    } else if (peak !== undefined) {
      next.set(room.name, Math.max(peak, room.buffered));
    }
  }
  return { watch: next, events };
}

function changesOf(was: RoomView | undefined, room: RoomView): string[] {
  if (was === undefined) return [];
  const texts: string[] = [];
  if (was.state !== room.state) {
    if (room.state === "silent") texts.push("does not answer");
    // That a process ended is told by who started it.
    if (was.state === "silent" && room.state === "running") texts.push("answers again");
    if (was.state === "stopped" && room.state === "running") texts.push("runs again");
  }
  if (room.mode !== undefined && room.mode !== was.mode) {
    const from = was.mode === undefined ? "is" : `${was.mode} →`;
    texts.push(`${from} ${room.mode}: ${room.because}`);
  }
  return texts;
}
