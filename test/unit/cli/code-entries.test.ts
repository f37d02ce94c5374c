import { expect, test } from "vitest";
import { faults } from "#src/base/fault.ts";
import { codeEntries } from "#src/cli/code-entries.ts";
import { configCodes } from "#src/contract/config-problem.ts";

const entries = codeEntries();

test("every code of both catalogues can be explained, and no two are alike", () => {
  const codes = entries.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes).toEqual([...Object.keys(faults), ...Object.keys(configCodes)].sort());
});

test("an explanation names the evidence it stands for and never lacks a next step", () => {
  const lost = entries.find(({ code }) => code === "BUS_LOST");
  expect(lost?.says).toBe("lost the broker at <url>: <why>");
  for (const { says, then, next } of entries) {
    expect(says).not.toMatch(/undefined|\[object/);
    expect(says.length * then.length * next.length).toBeGreaterThan(0);
  }
});
