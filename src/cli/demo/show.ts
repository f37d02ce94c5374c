import type { Sink } from "../powers.ts";
import type { Terminal } from "../terminal.ts";
import type { Ends } from "./ends.ts";
import { controlC, readKeys } from "./keys.ts";
import type { Play } from "./play.ts";
import { openScreen } from "./screen.ts";
import { renderTable } from "./table.ts";

/** The live table and its keys. */
export interface Show {
  draw(): void;
  /** What is going on beside, from now on. */
  notice(text: string): void;
  close(): void;
}

export function openShow(out: Sink, terminal: Terminal, play: Play, ends: Ends): Show {
  const screen = openScreen(out);
  let notice = "";
  let open = true;
  const draw = (): void => {
    if (!open) return;
    const { rooms, events, startedAt, cutSince } = play;
    // A serial line says that it is 0 high.
    const rows = out.rows || 24;
    const picture = { rooms, events, startedAt, cutSince, notice, rows };
    screen.draw(renderTable(picture, terminal.scene()));
  };
  const keys = readKeys((key) => {
    if (key === "c") play.order("cut");
    else if (key === "h") play.order("heal");
    else if (key === "q") ends.end({ kind: "quit" });
    else if (key === controlC) ends.end({ kind: "signal", signal: "SIGINT" });
    draw();
  });
  draw();
  return {
    draw,
    notice(text) {
      notice = text;
      draw();
    },
    close() {
      if (!open) return;
      open = false;
      keys.close();
      screen.close();
    },
  };
}
