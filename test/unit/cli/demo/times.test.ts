import { expect, test } from "vitest";
import { seconds } from "#src/base/units.ts";
import { childEnv } from "#src/cli/demo/children.ts";
import { misfitOf } from "#src/cli/demo/times.ts";

test("a story has a cut, then a healing, then an end", () => {
  const story = { for: seconds(60), cutAt: seconds(20), healAt: seconds(40) };
  expect(misfitOf(story)).toBeUndefined();
  expect(misfitOf({})).toBeUndefined();
  expect(misfitOf({ ...story, healAt: seconds(20) })?.message).toBe(
    "--heal-at 20s is not after --cut-at 20s",
  );
  expect(misfitOf({ ...story, healAt: seconds(60) })?.message).toBe(
    "--heal-at 1m is not before --for 1m",
  );
  expect(misfitOf({ healAt: seconds(5) })?.message).toBe("--heal-at needs --cut-at");
});

test("a child of the demo gets none of its parent's settings but the socket folder", () => {
  const env = {
    PATH: "/bin",
    HOLDFAST_CONFIG: "/etc/x.yaml",
    HOLDFAST_UPLINK__URL: "mqtt://elsewhere",
    HOLDFAST_RUNTIME: "/run/x",
    NOTIFY_SOCKET: "/run/notify",
    STATE_DIRECTORY: "/var/lib/x",
    UNSET: undefined,
  };
  expect(childEnv(env)).toEqual({
    PATH: "/bin",
    HOLDFAST_RUNTIME: "/run/x",
    HOLDFAST_PARENT_PIPE: "1",
  });
});
