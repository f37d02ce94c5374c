import type { RoomView } from "#src/cli/demo/view.ts";
import { now } from "../scene.ts";

/** A room that runs well, but for what is said. */
export const roomOf = (said: Partial<RoomView> = {}): RoomView => ({
  name: "cold-room-1",
  state: "running",
  mode: "connected",
  since: now - 12_000,
  because: "2 renewals heard",
  temperature: 4.2,
  setpoint: 4,
  compressor: 1,
  why: "4.2 is within 0.5 of 4: left on",
  produced: 1_000,
  buffered: 7,
  tombstoned: 0,
  ...said,
});
