import type { Tone } from "../paint.ts";
import { plural } from "../show/config.ts";
import { modeText } from "../show/mode.ts";
import { clockTime, stopwatch } from "../show/moment.ts";
import type { Scene } from "../show/scene.ts";
import { clip, figure, padEnd } from "../show/text.ts";
import type { DemoEvent } from "./events.ts";
import type { RoomView } from "./view.ts";

/** All that the screen shows at one moment. */
export interface Picture {
  readonly rooms: readonly RoomView[];
  readonly events: readonly DemoEvent[];
  readonly startedAt: number;
  /** Since when the network is cut; undefined while it is whole. */
  readonly cutSince: number | undefined;
  /** What is going on beside: "stopping", or nothing. */
  readonly notice: string;
  /** Rows of the screen. */
  readonly rows: number;
}

/** Lines, none wider than the screen and no more than it has. */
export function renderTable(picture: Picture, scene: Scene): string[] {
  const width = scene.width ?? 120;
  const { rooms, rows } = picture;
  // Where the column is too narrow for a reason, each room has it on a line of its own.
  const stacked = width < 104 && rows >= 2 * rooms.length + 14;
  const keys = `c cut   h heal   q quit    elsewhere: holdfast status · holdfast why ${rooms[0]?.name}/compressor`;
  const head = [
    headline(picture, scene, width),
    "",
    scene.paint("dim", clip(rowText(stacked ? { ...titles, why: "" } : titles, width), width)),
    ...rooms.flatMap((room) => roomLines(room, scene, width, stacked)),
    "",
    scene.paint("dim", clip(keys, width)),
  ];
  const left = Math.max(0, Math.min(mostEvents, rows - head.length - 2));
  const events = left === 0 ? [] : picture.events.slice(-left);
  const log = events.map((event) => eventLine(event, scene, width));
  return [...head, ...(log.length > 0 ? ["", ...log] : [])].slice(0, Math.max(1, rows - 1));
}

const mostEvents = 8;

function headline(
  { rooms, startedAt, cutSince, notice }: Picture,
  scene: Scene,
  width: number,
): string {
  const time = stopwatch(scene.now - startedAt);
  const text = `holdfast demo  ${time}  ${plural(rooms.length, "cold room")}  `;
  const [tone, link]: readonly [Tone, string] =
    cutSince === undefined
      ? ["good", "network whole"]
      : ["bad", `NETWORK CUT for ${stopwatch(scene.now - cutSince)}`];
  const rest = notice === "" ? "" : `  ${notice}`;
  const shown = clip(`${text}${link}${rest}`, width);
  return shown === `${text}${link}${rest}` ? `${text}${scene.paint(tone, link)}${rest}` : shown;
}

interface Cells {
  readonly node: string;
  readonly mode: string;
  readonly since: string;
  readonly temperature: string;
  readonly setpoint: string;
  readonly output: string;
  readonly buffer: string;
  readonly why: string;
}

const titles: Cells = {
  node: "NODE",
  mode: "MODE",
  since: "SINCE",
  temperature: "degC",
  setpoint: "SET",
  output: "COMPR",
  buffer: "BUFFER",
  why: "WHY",
};

function roomLines(room: RoomView, scene: Scene, width: number, stacked: boolean): string[] {
  const running = room.state === "running" && room.mode !== undefined;
  const why = running ? whyText(room) : "";
  const cells: Cells = {
    node: room.name,
    mode: running ? room.mode : room.state,
    since: running && room.since !== undefined ? stopwatch(scene.now - room.since) : "",
    temperature: running && room.temperature !== null ? room.temperature.toFixed(2) : "",
    setpoint: running && room.setpoint !== undefined ? figure(room.setpoint) : "",
    output: running ? compressorText(room.compressor) : "",
    buffer: running ? figure(room.buffered) : "",
    why: stacked ? "" : why,
  };
  const text = clip(rowText(cells, width), width);
  const start = nodeColumns(width) + 2;
  const shown = text.slice(start, start + cells.mode.length);
  const painted = running ? modeText(room.mode, scene.paint, shown) : scene.paint("dim", shown);
  const line = `${text.slice(0, start)}${painted}${text.slice(start + shown.length)}`;
  return stacked ? [line, scene.paint("dim", clip(`  ${why}`.trimEnd(), width))] : [line];
}

const whyText = (room: RoomView): string =>
  room.mode === "connected" ? room.why : `${room.because}; ${room.why}`;

const compressorText = (value: number | null): string =>
  value === null ? "?" : value > 0.5 ? "on" : "off";

function rowText(cells: Cells, width: number): string {
  const columns = nodeColumns(width);
  return [
    padEnd(clip(cells.node, columns), columns),
    padEnd(clip(cells.mode, 10), 10),
    cells.since.padStart(6),
    cells.temperature.padStart(6),
    cells.setpoint.padStart(4),
    padEnd(cells.output, 5),
    cells.buffer.padStart(6),
    cells.why,
  ]
    .join("  ")
    .trimEnd();
}

const nodeColumns = (width: number): number => (width < 60 ? 9 : 12);

/** For a screen: cut at its edge. */
function eventLine(event: DemoEvent, scene: Scene, width: number): string {
  const time = clockTime(event.at, scene);
  const rest = clip(` ${eventText(event)}`, Math.max(0, width - time.length));
  return `${scene.paint("dim", clip(time, width))}${rest}`;
}

/** For a log: whole. */
export const eventLogLine = (event: DemoEvent, scene: Scene): string =>
  `${clockTime(event.at, scene)} ${eventText(event)}`;

const eventText = ({ room, text }: DemoEvent): string => ` ${room ?? "demo"} ${text}`;
