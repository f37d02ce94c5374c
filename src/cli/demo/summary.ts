import type { Scene } from "../show/scene.ts";
import { columns, figure } from "../show/text.ts";
import type { Account, RoomAccount } from "./audit.ts";

const titles = [
  "",
  "produced",
  "delivered",
  "buffered",
  "lost",
  "twice",
  "out of bounds",
  "late p99",
  "modes",
];

/** The account at the end, counted from the databases. */
export function renderSummary(
  account: Account,
  breaches: readonly string[],
  scene: Scene,
): string[] {
  const { nodes, total } = account;
  const many = nodes.length > 1;
  const rows = [
    titles,
    ...nodes.map((room) => cellsOf(room.node, room, room.modes.join(" → "))),
    ...(many ? [cellsOf("total", total, "")] : []),
  ];
  const figures = new Set([1, 2, 3, 4, 5, 6, 7]);
  const [head = "", ...body] = columns(rows, figures);
  const verdict =
    breaches.length === 0
      ? [scene.paint("good", "nothing lost, nothing twice, no output outside its bounds")]
      : breaches.map((breach) => scene.paint("bad", breach));
  return [scene.paint("dim", head), ...body, "", ...verdict];
}

function cellsOf(name: string, room: RoomAccount, modes: string): string[] {
  const late = room.lateness.p99;
  return [
    name,
    figure(room.produced),
    figure(room.delivered),
    figure(room.buffered),
    figure(room.lost),
    figure(room.duplicates),
    figure(room.boundsViolations),
    late === null ? "none" : `${figure(late)} ms`,
    modes,
  ];
}
