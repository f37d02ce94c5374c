#!/usr/bin/env node
import { isMainThread } from "node:worker_threads";

/**
 * Where every process and every control thread of holdfast begins. Each loads only what it needs:
 * the control thread knows no broker, no database and no face.
 */
if (isMainThread) {
  void import("./command-line.ts").then(({ commandLine }) => commandLine(import.meta.filename));
} else {
  void import("./run-control.ts").then(({ runControl }) => runControl());
}
