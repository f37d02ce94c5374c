import { expect, test } from "vitest";
import { configPlaces } from "#src/cli/config-search.ts";

test("a configuration that is named is the only one looked at", () => {
  expect(configPlaces("site.yaml", { HOLDFAST_CONFIG: "/other.yaml" }, "/home/a")).toEqual([
    "site.yaml",
  ]);
  expect(configPlaces(undefined, { HOLDFAST_CONFIG: "/other.yaml" }, "/home/a")).toEqual([
    "/other.yaml",
  ]);
});

test("else it is looked for here, then in the user's folder, then in the machine's", () => {
  expect(configPlaces(undefined, { HOLDFAST_CONFIG: "" }, "/home/a")).toEqual([
    "holdfast.yaml",
    "/home/a/.config/holdfast/holdfast.yaml",
    "/etc/holdfast/holdfast.yaml",
  ]);
});

test("XDG_CONFIG_HOME moves the user's folder, unless it is relative", () => {
  expect(configPlaces(undefined, { XDG_CONFIG_HOME: "/cfg" }, "/home/a")[1]).toBe(
    "/cfg/holdfast/holdfast.yaml",
  );
  expect(configPlaces(undefined, { XDG_CONFIG_HOME: "cfg" }, "/home/a")[1]).toBe(
    "/home/a/.config/holdfast/holdfast.yaml",
  );
});
