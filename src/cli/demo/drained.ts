import type { RoomView } from "./view.ts";

/**
 * Whether the region has all that the rooms had produced at some moment. A running room always
 * holds its newest points, so an empty buffer would be asked for in vain.
 */
export function hasDrained(then: readonly RoomView[], now: readonly RoomView[]): boolean {
  return now.every((room, index) => {
    const wanted = then[index]?.produced ?? 0;
    return room.state !== "running" || room.produced - room.buffered - room.tombstoned >= wanted;
  });
}
