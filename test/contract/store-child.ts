import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { openRegionStore } from "#src/adapters/sqlite-region-store.ts";
import { openStateStore } from "#src/adapters/sqlite-state-store.ts";
import { FaultError } from "#src/base/fault.ts";
import { wallTime } from "#src/base/units.ts";
import { intake } from "./metric-store-bench.ts";
import { batch } from "./region-store.contract.ts";

/**
 * A process to be killed: it says on its output what a store returned from, line by line.
 * Arguments: what to do, and the database.
 */
const [what, path = ""] = process.argv.slice(2);
const say = (line: string | number): void => void process.stdout.write(`${line}\n`);
const options = { path, now: wallTime(0), damaged: () => say("damaged") };

function work(): void {
  switch (what) {
    case "append": {
      const store = openMetricStore(options);
      for (let next = 1; ; next += 50) {
        store.append(intake(1, next, next + 49));
        if (next % 500 === 1) store.forget(1, next - 300);
        say(next + 49);
      }
    }
    case "ingest": {
      const store = openRegionStore(options);
      for (let next = 1; ; next += 50) say(store.ingest("n1", batch(next, next + 49)).upTo);
    }
    case "hold": {
      const store = openStateStore(options);
      say(store.begin());
      setInterval(() => store.read(), 1_000);
      return;
    }
    default:
      throw new Error(`nothing known as ${what}`);
  }
}

try {
  work();
} catch (error) {
  if (!(error instanceof FaultError)) throw error;
  say(error.fault.code);
}
