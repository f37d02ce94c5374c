import { expect, test } from "vitest";
import type { Size } from "./size.ts";
import { tryOut } from "./try-out.ts";

const small: Size = { nodes: 3, regions: 2, hours: 0.2 };
const seeds = Array.from({ length: 50 }, (_, index) => index + 1);

test("W1: fifty seeds tell the same stories twice, and fifty different ones", () => {
  const stories = seeds.map((seed) => tryOut(seed, small));
  const again = seeds.map((seed) => tryOut(seed, small));
  expect(again.map(({ hash }) => hash)).toEqual(stories.map(({ hash }) => hash));
  expect(again.map(({ events }) => events)).toEqual(stories.map(({ events }) => events));
  expect(new Set(stories.map(({ hash }) => hash)).size).toBe(seeds.length);
});
