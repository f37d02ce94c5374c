import { laws, type SimulationReport } from "#src/contract/simulation.ts";
import { plural } from "../show/config.ts";
import type { Scene } from "../show/scene.ts";
import { figure, labelled } from "../show/text.ts";
import { violationLine } from "./story-line.ts";

/** What came of one run, and how fast it went. */
export interface Ran {
  readonly report: SimulationReport;
  /** Simulated time against real time. */
  readonly speed: number;
}

/** For programs: counts first; `first` are those violations that were kept. */
export const recordOf = ({ report, speed }: Ran) => ({
  seed: report.seed,
  hash: report.hash,
  nodes: report.nodes,
  regions: report.regions,
  hours: report.hours,
  violations: report.broken,
  events: report.events,
  speed: Math.round(speed),
  faults: report.faults,
  marks: report.marks,
  first: report.violations,
});

/** The same for people. */
export function summaryOf(ran: Ran, replay: string, scene: Scene): string[] {
  const { report, speed } = ran;
  const { nodes, regions, hours, broken } = report;
  const verdict =
    broken === 0
      ? scene.paint("good", "no violation")
      : scene.paint("bad", plural(broken, "violation"));
  const size = `${plural(nodes, "node")}, ${plural(regions, "region")}, ${figure(hours)} h`;
  return [
    `seed ${report.seed}: ${verdict}  (${size})`,
    ...labelled("hash", report.hash, undefined),
    ...labelled("events", figure(report.events), undefined),
    ...labelled("speed", `${figure(Math.round(speed))} times real time`, undefined),
    ...labelled("faults", counted(report.faults) || "none", scene.width),
    ...marksOf(report.marks, scene),
    ...violationsOf(report, scene),
    ...(broken === 0 ? [] : labelled("replay", replay, undefined)),
  ];
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${figure(count)}`)
    .join(", ");

function marksOf(marks: SimulationReport["marks"], scene: Scene): string[] {
  const reached = Object.entries(marks).filter(([, count]) => count > 0);
  const never = Object.keys(marks).filter((name) => marks[name] === 0);
  return [
    ...(reached.length === 0
      ? []
      : labelled("reached", counted(Object.fromEntries(reached)), scene.width)),
    ...(never.length === 0 ? [] : labelled("never", never.join(", "), scene.width)),
  ];
}

/** Of each law that was broken the first few. */
function violationsOf({ violations }: SimulationReport, scene: Scene): string[] {
  return laws.flatMap((law) => {
    const broken = violations.filter((one) => one.law === law);
    const more = broken.length - mostOfLaw;
    return [
      ...broken.slice(0, mostOfLaw).map((one) => scene.paint("bad", violationLine(one, scene))),
      ...(more > 0 ? [`${" ".repeat(15)}${law}, ${more} more`] : []),
    ];
  });
}

const mostOfLaw = 5;
