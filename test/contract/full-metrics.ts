import { openMetricStore } from "#src/adapters/sqlite-metric-store.ts";
import { wallTime } from "#src/base/units.ts";
import { intake } from "./metric-store-bench.ts";

/** Two boots with everything a buffer can hold: samples, tombstones, free pages. */
export function fillMetrics(path: string, hundreds = 30): void {
  const store = openMetricStore({ path, now: wallTime(0), damaged: () => undefined });
  for (let i = 0; i < hundreds; i += 1) store.append(intake(1, i * 100 + 1, i * 100 + 100));
  store.forget(1, Math.floor(hundreds / 3) * 100);
  store.evict(200);
  store.append(intake(2, 1, 500));
  store.append(intake(2, 521, 520, 20));
  store.close();
}
