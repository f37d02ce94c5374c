import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { wallTime } from "#src/base/units.ts";
import { metricStoreContract } from "./metric-store.contract.ts";
import type { MetricStoreBench } from "./metric-store-bench.ts";
import { smallDisk, sqliteBench } from "./sqlite-bench.ts";

function onDisk(): MetricStoreBench {
  const bench = sqliteBench("metrics.db", openMetricStore);
  let store = bench.open();
  return {
    store,
    reopen(kill) {
      store = bench.reopen(store, kill);
      return store;
    },
    close: () => bench.close(),
  };
}

/** On a file system that can be full, where we may mount one; a kill copies within it. */
function onSmallDisk(): MetricStoreBench {
  const disk = smallDisk(16 * 1_024);
  if (disk === undefined) return onDisk();
  let round = 0;
  const path = (): string => join(disk.folder, `metrics-${round}.db`);
  const open = () => openMetricStore({ path: path(), now: wallTime(0), damaged: () => undefined });
  const first = open();
  let store = first;
  return {
    store: first,
    reopen(kill = false) {
      if (kill) {
        const from = path();
        round += 1;
        for (const ending of ["", "-wal"]) copyFileSync(from + ending, path() + ending);
      } else {
        store.close();
      }
      store = open();
      return store;
    },
    close() {
      store.close();
      disk.unmount();
    },
    fillDisk: disk.fill,
    freeDisk: disk.free,
  };
}

metricStoreContract("SQLite", onSmallDisk);
