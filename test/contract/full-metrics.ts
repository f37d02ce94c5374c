import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { wallTime } from "#src/base/units.ts";
import { samples, shed } from "./metric-store-bench.ts";

/** Two boots with everything a buffer can hold: samples, tombstones, free pages. */
export function fillMetrics(path: string, hundreds = 30): void {
  const store = openMetricStore({ path, now: wallTime(0), damaged: () => undefined });
  for (let i = 0; i < hundreds; i += 1) store.append(1, samples(i * 100 + 1, i * 100 + 100), []);
  store.forget(1, Math.floor(hundreds / 3) * 100);
  store.evict(200);
  store.append(2, samples(1, 500), [shed(501, 520)]);
  store.close();
}
