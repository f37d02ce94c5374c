import { plain } from "#src/cli/paint.ts";
import type { Scene } from "#src/cli/show/scene.ts";

/** 2026-11-23 14:08:11 in a place that keeps UTC. */
export const now = Date.UTC(2026, 10, 23, 14, 8, 11);

export const sceneOf = (said: Partial<Scene> = {}): Scene => ({
  now,
  offset: () => 0,
  width: undefined,
  paint: plain,
  ...said,
});
