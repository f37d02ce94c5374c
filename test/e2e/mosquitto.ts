import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { placeOf } from "./outside.ts";

export interface MosquittoPlan {
  readonly command: readonly string[];
}

/** Debian's broker with nothing kept on disk; it ends with the process that started it. */
export function mosquittoPlan(folder: string, port: number): MosquittoPlan {
  const path = join(folder, "mosquitto.conf");
  const lines = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "persistence false",
    "log_dest stdout",
    // Who changes its user forgets that it was to die with its parent.
    ...(process.getuid?.() === 0 ? ["user root"] : []),
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  const program = placeOf("mosquitto") ?? "mosquitto";
  return { command: ["setpriv", "--pdeathsig", "KILL", program, "-c", path] };
}
