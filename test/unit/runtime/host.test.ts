import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import type { Agent } from "#src/core/agent.ts";
import { Host } from "#src/runtime/host.ts";
import { HandClock } from "../hand-clock.ts";

type In = { readonly kind: "say"; readonly word: string };
type Out = { readonly kind: "said"; readonly word: string };

/** Repeats what it hears; "echo" makes the runtime say one more thing, "bug" is a defect. */
const parrot: Agent<null, string, readonly string[], In, Out> = {
  kind: "parrot",
  start: (_, memory) => ({ state: [memory], effects: [{ kind: "said", word: memory }] }),
  step: (_, state, { word }) => {
    if (word === "bug") throw new Error("a defect");
    return { state: [...state, word], effects: [{ kind: "said", word }] };
  },
};

/** One more than there is room for. */
const manyWords = Array.from({ length: limits.mailboxInAll + 1 }, (_, i) => `${i}`);

function hosted() {
  const clock = new HandClock();
  const said: string[] = [];
  const failures: unknown[] = [];
  const host: Host<null, string, readonly string[], In, Out> = new Host({
    agent: parrot,
    config: null,
    memory: () => "hello",
    clock,
    perform: ({ word }) => {
      said.push(word);
      if (word === "echo") host.post({ kind: "say", word: "echoed" });
      if (word === "slow") clock.block(10);
      if (word === "flood") say(...manyWords);
    },
    failed: (error) => failures.push(error),
  });
  const say = (...words: string[]): void => {
    for (const word of words) host.post({ kind: "say", word });
  };
  return { clock, host, said, failures, say };
}

test("HO1: an input that an effect brings about comes after those that wait", () => {
  const { host, say } = hosted();
  say("echo", "last");
  host.start();
  expect(host.state).toEqual(["hello", "echo", "last", "echoed"]);
});

test("HO2: a step that throws costs its input and the state, not the agent", () => {
  const { clock, host, said, failures, say } = hosted();
  host.start();
  say("one", "bug", "two");
  clock.pass(0);
  expect(failures).toHaveLength(1);
  expect(said).toEqual(["hello", "one", "hello", "two"]);
});

test("HO2: a step that throws costs none of the inputs that wait behind it", () => {
  const { clock, host, said, say } = hosted();
  say("bug", "two", "three");
  host.start();
  clock.pass(0);
  expect(said).toEqual(["hello", "hello", "two", "three"]);
});

test("AG3: an effect that cannot be carried out costs the state, but no effect after it", () => {
  const said: string[] = [];
  const clock = new HandClock();
  const failures: unknown[] = [];
  const host = new Host<null, string, null, In, Out>({
    agent: {
      kind: "choir",
      start: () => ({ state: null, effects: [] }),
      step: (_, state, { word }) => ({
        state,
        effects: [...word].map((letter): Out => ({ kind: "said", word: letter })),
      }),
    },
    config: null,
    memory: () => "",
    clock,
    perform: ({ word }) => {
      if (word === "!") throw new Error("a defect");
      said.push(word);
    },
    failed: (error) => failures.push(error),
  });
  host.start();
  host.post({ kind: "say", word: "a!b!c" });
  expect(said).toEqual(["a", "b", "c"]);
  expect(failures).toHaveLength(1);
});

test("HO2: an agent that keeps failing rests between attempts, and is never given up", () => {
  const { clock, host, failures, say } = hosted();
  host.start();
  for (let i = 0; i < limits.restarts + 1; i += 1) {
    say("bug");
    clock.pass(0);
  }
  expect(failures).toHaveLength(limits.restarts + 1);
  expect(host.state).toBeUndefined();
  clock.pass(limits.restartRest);
  say("here");
  expect(host.state).toEqual(["hello", "here"]);
});

test("HO3: a long turn is cut, and goes on in the next", () => {
  const { clock, host, said, say } = hosted();
  say("slow", "next");
  host.start();
  expect(said).toEqual(["hello", "slow"]);
  clock.pass(0);
  expect(said).toEqual(["hello", "slow", "next"]);
});

test("HO3: what comes while a turn is cut begins no turn of its own", () => {
  const { clock, host, said, say } = hosted();
  say("slow", "slow");
  host.start();
  say("one", "two");
  expect(said).toEqual(["hello", "slow"]);
  clock.pass(100);
  expect(said).toEqual(["hello", "slow", "slow", "one", "two"]);
});

test("HO4: a flood is refused, and takes the place of nothing that is posted", () => {
  const { host, say } = hosted();
  say("before");
  const taken = Array.from({ length: limits.mailbox + 10 }, (_, i) =>
    host.offer({ kind: "say", word: `${i}` }),
  ).filter((one) => one);
  say("after");
  host.start();
  expect(taken).toHaveLength(limits.mailbox - 1);
  expect(host.state?.[1]).toBe("before");
  expect(host.state?.at(-1)).toBe("after");
});

test("HO5: an agent that misses what was posted starts anew, and says so", () => {
  const { clock, host, failures, say } = hosted();
  host.start();
  say("flood");
  expect(failures.map(String)).toEqual([
    `Error: more than ${limits.mailboxInAll} inputs waited for it`,
  ]);
  clock.pass(0);
  expect(host.state).toEqual(["hello", ...manyWords.slice(1)]);
});

test("HO5: what an agent at rest misses is said once, and it begins with what is left", () => {
  const { clock, host, failures, say } = hosted();
  host.start();
  for (let i = 0; i < limits.restarts + 1; i += 1) {
    say("bug");
    clock.pass(0);
  }
  failures.length = 0;
  say(...manyWords, "last");
  expect(failures).toEqual([]);
  clock.pass(limits.restartRest);
  expect(failures).toHaveLength(1);
  expect(host.state).toEqual(["hello", ...manyWords.slice(2), "last"]);
});

test("an orderly end takes all that waits in one turn, and nothing after it", () => {
  const { clock, host, said, say } = hosted();
  say("slow", "slow");
  host.start();
  host.finish({ kind: "say", word: "last" });
  say("late");
  clock.pass(1_000);
  expect(said).toEqual(["hello", "slow", "slow", "last"]);
});
