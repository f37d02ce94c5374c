import type { Check } from "../doctor/check.ts";
import type { Tone } from "../paint.ts";
import { plural } from "./config.ts";
import type { Scene } from "./scene.ts";
import { fold, padEnd } from "./text.ts";

/** Each check on its line; what did not pass has its remedy below it. */
export function renderDoctor(checks: readonly Check[], scene: Scene): string[] {
  const nameColumns = Math.max(...checks.map(({ name }) => name.length));
  const room = scene.width === undefined ? undefined : Math.max(20, scene.width - nameColumns - 11);
  const blank = " ".repeat(nameColumns + 11);
  const lines = checks.flatMap((check) => {
    const [tone, word] = words[check.result];
    const head = `${scene.paint(tone, padEnd(word, 7))}  ${padEnd(check.name, nameColumns)}  `;
    const evidence = fold(check.evidence, room);
    const remedy = check.remedy === "" ? [] : fold(`→ ${check.remedy}`, room);
    return [...evidence, ...remedy].map((line, index) =>
      `${index === 0 ? head : blank}${line}`.trimEnd(),
    );
  });
  const failures = checks.filter(({ result }) => result === "failed").length;
  const verdict = failures === 0 ? "nothing failed" : `${plural(failures, "check")} failed`;
  return [...lines, "", `${plural(checks.length, "check")}: ${verdict}`];
}

const words: Readonly<Record<Check["result"], readonly [Tone, string]>> = {
  ok: ["good", "ok"],
  warning: ["warn", "warning"],
  failed: ["bad", "failed"],
  skipped: ["dim", "skipped"],
};
