import { expect, test } from "vitest";
import { unmentioned } from "./mentions.ts";

const page = [{ path: "docs/it.md", text: "## STORE_FULL\n\n`hf/v1/{region}/_region/lease`\n" }];
const says = (...words: readonly string[]) =>
  unmentioned(page, "docs/it.md", words).map((found) => found.says);

test("a word that a page lacks is seen", () => {
  expect(says("STORE_FULL", "BUS_LOST")).toEqual(["does not mention BUS_LOST"]);
  expect(says("hf/v1/{region}/_region/lease")).toEqual([]);
});

test("a part of a longer word is no mention", () => {
  expect(says("STORE")).toHaveLength(1);
  expect(says("hf/v1/{region}/_region")).toHaveLength(1);
});

test("a page that is not there, and an empty list, are seen", () => {
  expect(unmentioned(page, "docs/absent.md", ["STORE_FULL"])).toHaveLength(1);
  expect(says()).toHaveLength(1);
});
