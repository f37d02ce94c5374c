import { describe, expect, test } from "vitest";
import { dataFolder, socketPath } from "#src/adapters/paths.ts";

describe("the data folder", () => {
  const home = { HOME: "/home/ada" };

  test("is what systemd gives, the first of several", () => {
    const env = { ...home, STATE_DIRECTORY: "/var/lib/holdfast:/var/lib/other" };
    expect(dataFolder(env, "n1")).toBe("/var/lib/holdfast");
  });

  test("is in the user's state folder where systemd gives none", () => {
    expect(dataFolder({ ...home, XDG_STATE_HOME: "/state" }, "n1")).toBe("/state/holdfast/n1");
    expect(dataFolder(home, "n1")).toBe("/home/ada/.local/state/holdfast/n1");
  });

  test("takes an empty variable for none", () => {
    const env = { ...home, STATE_DIRECTORY: "", XDG_STATE_HOME: "" };
    expect(dataFolder(env, "n1")).toBe("/home/ada/.local/state/holdfast/n1");
  });
});

test("a socket is named by role and id", () => {
  expect(socketPath("/run/holdfast", "node", "cold-room-1")).toBe(
    "/run/holdfast/node-cold-room-1.sock",
  );
});
