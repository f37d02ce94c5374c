import type { Message } from "#src/contract/topics.ts";

/**
 * About how many bytes a message takes on the wire, without writing it: topic and braces, and what a
 * point and a tombstone usually take as JSON.
 */
export function messageBytes(message: Message): number {
  switch (message.channel) {
    case "metric": {
      const { points, series, tombstones } = message.body;
      let bytes = 120 + 40 * points.length + 60 * tombstones.length;
      for (const name of series) bytes += name.length + 3;
      return bytes;
    }
    case "setpoint":
    case "setpointAnswer":
      return 250;
    case "link":
    case "mode":
      return 160;
    default:
      return 110;
  }
}
