import { expect, test } from "vitest";
import { renderWhy } from "#src/cli/show/why.ts";
import { explanation } from "./reports.ts";
import { sceneOf } from "./scene.ts";

test("an output is explained from its value down to what it rests on", () => {
  expect(renderWhy(explanation, sceneOf())).toEqual([
    "cold-room-1/compressor is 1 since 14:08:07 (4 s ago)",
    "because 4.62 is above 4 by more than 0.5",
    "├─ decided by  default  1  loop cooling at its own setpoint 4",
    "├─ over        grant  3.5  the lease it hangs on has lapsed",
    "├─ mode        autonomous: the lease of demo lapsed",
    "├─ looked at   air  4.62 degC  good  0.2 s old",
    "├─ within      bounds 0 … 1",
    "│              safe value 0",
    "└─ read back   1, as written",
  ]);
});

test("a value that nobody contests and no device confirms leaves those branches plain", () => {
  const lonely = { ...explanation, losers: [], inputs: [], limits: [], readBack: null };
  expect(renderWhy(lonely, sceneOf()).slice(2)).toEqual([
    "├─ decided by  default  1  loop cooling at its own setpoint 4",
    "├─ mode        autonomous: the lease of demo lapsed",
    "└─ read back   the device does not say",
  ]);
});

test("a device that does something else is shown to", () => {
  expect(renderWhy({ ...explanation, readBack: 0 }, sceneOf()).at(-1)).toBe(
    "└─ read back   0, not as written",
  );
});

test("an input that was never heard has no age", () => {
  const inputs = [{ input: "air", value: null, unit: "degC", quality: "bad" as const, age: null }];
  expect(renderWhy({ ...explanation, inputs }, sceneOf())).toContain(
    "├─ looked at   air  none  bad  never heard",
  );
});
