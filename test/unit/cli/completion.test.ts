import { describe, expect, test } from "vitest";
import { cli } from "./fake-powers.ts";
import { cutOffNode, region } from "./reports.ts";

const scriptFor = async (shell: string): Promise<string> => (await cli(["completion", shell])).out;

describe.each(["bash", "zsh", "fish"])("the %s completion", (shell) => {
  test("offers every verb, its options and their choices", async () => {
    const script = await scriptFor(shell);
    for (const word of ["status", "doctor", "cut", "reason", "cold-room", "shrink", "seeds"]) {
      expect(script).toContain(word);
    }
  });

  test("keeps the verb that it is served by to itself", async () => {
    expect(await scriptFor(shell)).not.toMatch(/['" ]names['"]/);
  });
});

test("names gives the nodes that run here, and only them", async () => {
  const { out } = await cli(
    ["names"],
    [
      { role: "region", id: "demo", answer: () => region },
      { role: "node", id: "cold-room-1", answer: () => cutOffNode },
    ],
  );
  expect(out).toBe("cold-room-1\n");
});
