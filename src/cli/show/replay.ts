import type { ReplayDifference, ReplayReport } from "#src/contract/journal.ts";
import { exactTime, moment, span } from "./moment.ts";
import { printable } from "./printable.ts";
import type { Scene } from "./scene.ts";

/** What running a journal again gave, and where it parted from the record. */
export function renderReplay(report: ReplayReport, version: string, scene: Scene): string[] {
  const of = printable(report);
  const { paint } = scene;
  const verdict =
    of.verdict === "identical"
      ? `${paint("good", "identical")}: the same came out of all ${of.steps} steps, bit for bit`
      : `${paint("bad", "different")}: step ${of.difference?.step} of ${of.steps} gave something else`;
  return [
    `${paint("strong", `${of.node} ${of.agent}`)}, written ${moment(of.written, scene)}: ${of.why}`,
    `  ${of.steps} steps${lengthOf(of, scene)}, ${of.restarts} failed; recorded by ${of.recordedBy}, replayed by ${version}`,
    ...(of.difference === null ? [] : parting(of.difference, scene)),
    verdict,
  ];
}

function lengthOf({ from, to }: ReplayReport, scene: Scene): string {
  if (from === null || to === null) return "";
  return ` from ${exactTime(from, scene)} to ${exactTime(to, scene)} (${span(to - from)})`;
}

const parting = (difference: ReplayDifference, scene: Scene): string[] => [
  `  step ${difference.step} (${difference.given}) at ${exactTime(difference.at, scene)}, line ${difference.line}`,
  `    where     ${difference.path}`,
  `    recorded  ${short(difference.recorded)}`,
  `    replayed  ${short(difference.replayed)}`,
];

const short = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;

const longest = 300;
