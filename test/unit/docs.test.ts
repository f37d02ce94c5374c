import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { generatedPages, placeOf } from "#test/tidy/generate-docs.ts";

test.each(generatedPages)("$path says what the code does (npm run docs writes it anew)", (page) => {
  expect(readFileSync(placeOf(page), "utf8")).toBe(page.render());
});
