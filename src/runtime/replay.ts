import { type Fault, fault } from "#src/base/fault.ts";
import type { Instant } from "#src/base/units.ts";
import { writeExact } from "#src/contract/exact.ts";
import { type Difference, firstDifference } from "#src/contract/first-difference.ts";
import {
  type JournalHeader,
  type JournalLine,
  type JournalStep,
  type ReplayDifference,
  type ReplayReport,
  readHeader,
  readLine,
} from "#src/contract/journal.ts";
import type { Agent, Effect, Input } from "#src/core/agent.ts";

/**
 * Runs a recorded journal through the step functions again and compares what comes out.
 *
 * RP1  Effects, failures and states are compared bit for bit, each step from the state that the
 *      replay itself has reached; the first difference ends it.
 * RP2  A file that is no whole journal is refused with its line, and nothing is said of its steps.
 */
export type ReplayedAgent = Agent<unknown, unknown, unknown, Input, Effect>;

/** `agentOf` gives the step functions of the agent that a journal is of. */
export function replay(
  path: string,
  text: string,
  agentOf: (header: JournalHeader) => ReplayedAgent,
): ReplayReport | Fault {
  const [first = "", ...rest] = text.split("\n");
  const header = readHeader(first);
  if (!("agent" in header)) return refusal(path, 1, header.why);
  const read = readLines(path, rest);
  if ("code" in read) return read;
  const run = new Run(agentOf(header), header);
  let difference: ReplayDifference | null = null;
  for (const [index, line] of read.lines.entries()) {
    // The header is the first line of the file.
    difference = run.take(line, index + 2) ?? null;
    if (difference !== null) break;
  }
  const steps = read.lines.flatMap((line) => (line.line === "step" ? [line.step] : []));
  return {
    agent: header.agent,
    node: header.node,
    recordedBy: header.version,
    written: header.written,
    why: header.why,
    steps: steps.length,
    restarts: steps.filter(({ failed }) => failed !== undefined).length,
    from: momentOf(header, steps[0]),
    to: momentOf(header, steps.at(-1)),
    verdict: difference === null ? "identical" : "different",
    difference,
  };
}

/** In wall time, as the node's clocks stood to each other when the journal was written. */
const momentOf = ({ written, now }: JournalHeader, step: JournalStep | undefined): number | null =>
  step === undefined ? null : Math.round(written - (now - step.at));

const refusal = (path: string, line: number, why: string): Fault =>
  fault("JOURNAL_UNREADABLE", { path, line, why });

/** All lines but the end, whose form and order are those of a journal. */
function readLines(
  path: string,
  texts: readonly string[],
): { readonly lines: readonly JournalLine[] } | Fault {
  const lines: JournalLine[] = [];
  let steps = 0;
  let isRunning = false;
  for (const [index, text] of texts.entries()) {
    const refuse = (why: string): Fault => refusal(path, index + 2, why);
    const line = readLine(text);
    if (!("line" in line)) return refuse(text === "" ? "it was cut off here" : line.why);
    if (line.line === "end") {
      if (line.steps !== steps)
        return refuse(`${line.steps} steps were written, ${steps} are here`);
      if (texts.slice(index + 1).some((more) => more !== ""))
        return refuse("it goes on after its end");
      return { lines };
    }
    if (line.line === "step") {
      steps += 1;
      const { effects, failed } = line.step;
      if (effects === undefined && failed === undefined) return refuse("nothing came of this step");
      if (!line.step.given.start && !isRunning) return refuse("no state comes before this step");
      isRunning = line.step.failed === undefined;
    } else if (lines.length === 0) {
      isRunning = true;
    } else if (!isRunning) {
      return refuse("the agent had no state here");
    }
    lines.push(line);
  }
  return refusal(path, texts.length + 1, "it was cut off here");
}

class Run {
  readonly #agent: ReplayedAgent;
  readonly #header: JournalHeader;
  #state: { readonly state: unknown } | undefined;
  #steps = 0;
  #last: JournalStep | undefined;

  constructor(agent: ReplayedAgent, header: JournalHeader) {
    this.#agent = agent;
    this.#header = header;
  }

  take(line: JournalLine, at: number): ReplayDifference | undefined {
    if (line.line === "step") {
      this.#steps += 1;
      this.#last = line.step;
      return this.#told(at, this.#compare(line.step));
    }
    if (line.line === "end") return undefined;
    if (this.#last === undefined) {
      this.#state = { state: line.state };
      return undefined;
    }
    return this.#told(at, firstDifference(line.state, this.#state?.state, "state"));
  }

  #compare(step: JournalStep): Difference | undefined {
    const { effects, threw } = this.#step(step);
    if (threw !== undefined || step.effects === undefined) {
      return firstDifference(step.effects === undefined ? step.failed : undefined, threw, "failed");
    }
    if (step.failed !== undefined) this.#state = undefined;
    return firstDifference(step.effects, effects, "effects");
  }

  #step({ at, given }: JournalStep): { readonly effects?: unknown; readonly threw?: string } {
    const agent = this.#agent;
    const { plan } = this.#header;
    try {
      const { state, effects } = given.start
        ? agent.start(plan, given.memory, at as Instant)
        : agent.step(plan, this.#state?.state, given.input as Input, at as Instant);
      this.#state = { state };
      return { effects };
    } catch (error) {
      this.#state = undefined;
      return { threw: String(error) };
    }
  }

  #told(line: number, found: Difference | undefined): ReplayDifference | undefined {
    if (found === undefined || this.#last === undefined) return undefined;
    const { given } = this.#last;
    return {
      step: this.#steps,
      line,
      at: momentOf(this.#header, this.#last) ?? 0,
      given: given.start ? "start" : (given.input as Input).kind,
      path: found.path,
      recorded: writeExact(found.one),
      replayed: writeExact(found.other),
    };
  }
}
