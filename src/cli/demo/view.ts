import type { Mode } from "#src/contract/messages.ts";
import type { NodeStatus } from "#src/contract/query.ts";
import { roomPoints } from "./site.ts";

/** One cold room as the demo sees it at one moment. */
export interface RoomView {
  readonly name: string;
  /** silent: it runs and does not answer. stopped: its process has ended. */
  readonly state: "starting" | "running" | "silent" | "stopped";
  readonly mode: Mode | undefined;
  /** When the mode began; milliseconds since 1970. */
  readonly since: number | undefined;
  readonly because: string;
  readonly temperature: number | null;
  readonly setpoint: number | undefined;
  readonly compressor: number | null;
  readonly why: string;
  readonly produced: number;
  /** Points that wait for the region, on disk or on their way there. */
  readonly buffered: number;
  /** Points that will never come, and are counted as such. */
  readonly tombstoned: number;
}

export const startingRoom = (name: string): RoomView => ({
  name,
  state: "starting",
  mode: undefined,
  since: undefined,
  because: "",
  temperature: null,
  setpoint: undefined,
  compressor: null,
  why: "",
  produced: 0,
  buffered: 0,
  tombstoned: 0,
});

/** The next view out of what the room says; undefined when it said nothing. */
export function viewRoom(
  before: RoomView,
  status: NodeStatus | undefined,
  runs: boolean,
): RoomView {
  if (!runs) return { ...before, state: "stopped" };
  if (status === undefined || status.control === null) {
    return { ...before, state: before.state === "starting" ? "starting" : "silent" };
  }
  const { control, buffer } = status;
  const output = control.outputs.find((one) => one.output === roomPoints.output);
  return {
    name: before.name,
    state: "running",
    mode: control.mode,
    since: control.since,
    because: control.reason,
    temperature: control.inputs.find((one) => one.input === roomPoints.input)?.value ?? null,
    setpoint: control.loops.find((one) => one.loop === roomPoints.loop)?.setpoint,
    compressor: output?.value ?? null,
    why: output?.why ?? "",
    produced: buffer.produced,
    buffered: buffer.buffered + buffer.pending,
    tombstoned: buffer.tombstoned,
  };
}
