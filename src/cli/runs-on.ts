import { millis } from "#src/base/units.ts";
import type { Explanation } from "#src/contract/query.ts";
import type { LocalInstance, Powers } from "./powers.ts";
import { figure, quantityText } from "./show/text.ts";

/** An output that was killed and is not at 0, as its node says it. */
export interface RunsOn {
  readonly output: string;
  readonly value: number;
  readonly unit: string | null;
  readonly safe: number;
  readonly because: string;
}

export interface AfterKill {
  readonly runsOn: readonly RunsOn[];
  /** Of these the node has not said within the time that the kill has them. */
  readonly unseen: readonly string[];
}

const longest = 2_000;
const turn = 100;

/**
 * What a kill left running. It gives an output its safe value, and that need not be 0; a machine that rests
 * now may start later, for it is on its way there. The kill is done in the node's next cycle, so it is waited for, two seconds at most.
 */
export async function afterKill(
  powers: Powers,
  here: LocalInstance,
  killed: readonly string[],
): Promise<AfterKill> {
  let unseen = killed;
  const runsOn: RunsOn[] = [];
  const deadline = powers.now() + longest;
  for (let waited = 0; unseen.length > 0 && waited < longest; waited += turn) {
    if (waited > 0) await pause();
    const waiting: string[] = [];
    for (const name of unseen) {
      const timeout = millis(Math.max(1, deadline - powers.now()));
      const question = { v: 1, verb: "why", output: name } as const;
      const answer = await powers.askLocal(here.path, question, { timeout });
      const said = answer.ok ? (answer.body as Explanation) : undefined;
      if (said?.winner.authority !== "kill") waiting.push(name);
      else runsOn.push(...running(said));
    }
    unseen = waiting;
    if (powers.now() >= deadline) break;
  }
  return { runsOn, unseen };
}

const pause = (): Promise<void> => new Promise((done) => void setTimeout(done, turn));

function running({ output, value, unit, because, safe }: Explanation): readonly RunsOn[] {
  if (value === null || (value === 0 && safe === 0)) return [];
  return [{ output, value, unit, safe, because }];
}

/** Beside the machine somebody reads this who has just been told that it is loose. */
export function sayRunsOn(runs: RunsOn): string {
  const { output, value, unit, safe, because } = runs;
  const lock = "it may run; lock it out at its switch";
  if (safe === 0) {
    return `${output} is at ${quantityText(value, unit)} (${because}): ${lock}`;
  }
  const word = value === safe ? "stays at" : `is at ${figure(value)} and goes to`;
  return `${output} ${word} ${quantityText(safe, unit)}, its safe value: ${lock}`;
}
