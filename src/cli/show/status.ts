import { millis } from "#src/base/units.ts";
import { formatDuration } from "#src/contract/quantity.ts";
import type {
  ConnectionStatus,
  ControlStatus,
  FaultSeen,
  GrantStatus,
  InterlockStatus,
  LoopStatus,
  NodeStatus,
  OutputStatus,
  RegionNodeStatus,
  RegionStatus,
} from "#src/contract/query.ts";
import { modeText } from "./mode.ts";
import { clockTime, moment, relative, span } from "./moment.ts";
import { printable } from "./printable.ts";
import type { Scene } from "./scene.ts";
import { columns, figure, labelled, quantityText } from "./text.ts";

/** One instance as a block: what it does, since when, and why. */
export function renderStatus(status: NodeStatus | RegionStatus, scene: Scene): string[] {
  const said = printable(status);
  return said.role === "node" ? nodeBlock(said, scene) : regionBlock(said, scene);
}

function nodeBlock(status: NodeStatus, scene: Scene): string[] {
  const { width } = scene;
  const { control } = status;
  return [
    nodeTitle(status, scene),
    ...(control === null
      ? labelled("why", "the control thread gave no answer; see the faults below", width)
      : [...labelled("because", control.reason, width), ...controlLines(control, scene)]),
    ...labelled("buffer", bufferText(status), width),
    ...labelled(
      "uplink",
      status.uplink === null ? "none configured: local for ever" : linkText(status.uplink, scene),
      width,
    ),
    ...faultLines(status.faults, scene),
    ...nextLine(status, scene),
  ];
}

function nodeTitle({ node, region, control }: NodeStatus, scene: Scene): string {
  const name = scene.paint("strong", node);
  if (control === null)
    return `${scene.paint("bad", "●")} ${name}  node in region ${region}, control silent`;
  return `${modeText(control.mode, scene.paint, "●")} ${name}  node in region ${region}, ${modeText(
    control.mode,
    scene.paint,
  )} since ${moment(control.since, scene)}`;
}

function controlLines(control: ControlStatus, scene: Scene): string[] {
  const inputs = new Map(control.inputs.map((input) => [input.input, input]));
  const looped = new Set(control.loops.map((loop) => loop.input));
  const inputText = (name: string): string => {
    const input = inputs.get(name);
    if (input === undefined) return "none";
    const value = quantityText(input.value, input.unit);
    return input.quality === "good"
      ? value
      : `${value} ${scene.paint("warn", `(${input.quality})`)}`;
  };
  return [
    ...table(
      "loop",
      control.loops.map((loop) =>
        loopCells(loop, inputText(loop.input), inputs.get(loop.input)?.unit),
      ),
      scene,
    ),
    ...table(
      "input",
      control.inputs
        .filter((input) => !looped.has(input.input))
        .map((input) => [input.input, inputText(input.input)]),
      scene,
    ),
    ...table(
      "output",
      control.outputs.map((output) => outputCells(output, scene)),
      scene,
    ),
    ...table(
      "killed",
      control.kills.map(({ output, owner, reason, at }) => [
        output ?? "all outputs",
        `since ${moment(at, scene)} by ${owner}: ${reason}`,
      ]),
      scene,
    ),
    ...table(
      "interlock",
      control.interlocks.map((interlock) => interlockCells(interlock, scene)),
      scene,
    ),
  ];
}

const loopCells = (loop: LoopStatus, now: string, unit: string | null | undefined): string[] => [
  loop.loop,
  `${now} → ${quantityText(loop.setpoint, unit)} (${loop.authority})`,
  `${loop.kind} every ${formatDuration(millis(loop.period))}, p99 lateness ${figure(loop.lateness.p99)} ms, ${figure(loop.missed)} missed${troubles(loop)}`,
];

/** What is not worth a word while all is well. */
const troubles = ({ skipped, overruns, slowdown, budget, step }: LoopStatus): string => {
  const over = `, ${figure(overruns)} over its budget of ${figure(budget)} ms (p99 ${figure(step.p99)} ms)`;
  return [
    skipped > 0 ? `, ${figure(skipped)} skipped` : "",
    overruns > 0 ? over : "",
    slowdown > 1 ? `, runs at one tick in ${slowdown}` : "",
  ].join("");
};

const outputCells = (output: OutputStatus, scene: Scene): string[] => [
  output.output,
  quantityText(output.value, output.unit),
  `since ${moment(output.since, scene)}: ${output.why}`,
];

function interlockCells(status: InterlockStatus, scene: Scene) {
  const { interlock, tripped, holds, tripsAt, trip, reset } = status;
  if (tripped === null) {
    const due = tripsAt === null ? "" : `; holds, trips ${relative(tripsAt, scene.now)}`;
    return [interlock, scene.paint("good", "clear"), `${trip}${due}`];
  }
  const rest = reset === "manual" ? (holds ? "holds still" : "may be reset") : "resets by itself";
  return [
    interlock,
    scene.paint("bad", "tripped"),
    `since ${moment(tripped, scene)}: ${trip}; ${rest}`,
  ];
}

function bufferText({ buffer }: NodeStatus): string {
  const waiting = buffer.pending === 0 ? "" : `, ${figure(buffer.pending)} not yet on disk`;
  const gone = buffer.tombstoned === 0 ? "" : `, ${figure(buffer.tombstoned)} in tombstones`;
  const store =
    buffer.store === "ok" ? "store ok" : `${buffer.store.code}: ${buffer.store.message}`;
  return `${figure(buffer.buffered)} of ${figure(buffer.produced)} points wait for the region${waiting}${gone}; ${store}`;
}

const linkText = (link: ConnectionStatus, scene: Scene): string =>
  `${scene.paint(link.state === "up" ? "good" : "warn", link.state)} since ${moment(link.since, scene)}, ${link.url}${
    link.why === "" ? "" : `: ${link.why}`
  }`;

function regionBlock(status: RegionStatus, scene: Scene): string[] {
  const { lease } = status;
  const mark = scene.paint(lease.held && status.broker.state === "up" ? "good" : "warn", "●");
  const held = lease.held ? "lease held" : scene.paint("warn", `lease not held: ${lease.why}`);
  const kind = status.broker.embedded ? "embedded, " : "";
  return [
    `${mark} ${scene.paint("strong", status.region)}  region by ${status.controller}, epoch ${status.epoch}, ${held} (ttl ${formatDuration(millis(lease.ttl))})`,
    ...labelled("broker", `${kind}${linkText(status.broker, scene)}`, scene.width),
    ...table(
      "node",
      status.nodes.map((node) => regionNodeCells(node, scene)),
      scene,
    ),
    ...table(
      "setpoint",
      status.grants.map((grant) => grantCells(grant, scene)),
      scene,
    ),
    ...faultLines(status.faults, scene),
  ];
}

const regionNodeCells = (node: RegionNodeStatus, scene: Scene): string[] => [
  node.node,
  scene.paint(node.link === "up" ? "good" : "warn", `link ${node.link}`),
  node.mode === "unknown" ? "mode unknown" : modeText(node.mode, scene.paint),
  `since ${moment(node.since, scene)}: ${node.reason}; heard ${relative(node.lastHeard, scene.now)}, ${figure(node.delivered)} points delivered${
    node.tombstoned === 0 ? "" : `, ${figure(node.tombstoned)} in tombstones`
  }${node.duplicates === 0 ? "" : `, ${figure(node.duplicates)} duplicates dropped`}`,
];

const grantCells = (grant: GrantStatus, scene: Scene): string[] => [
  `${grant.node}/${grant.loop}`,
  figure(grant.value),
  `until ${clockTime(grant.until, scene)} (${span(Math.max(0, grant.until - scene.now))} left) by ${grant.owner}: ${grant.reason}`,
];

/** The newest three; the log has the rest. */
function faultLines(faults: readonly FaultSeen[], scene: Scene): string[] {
  return [...faults]
    .sort((one, other) => other.at - one.at)
    .slice(0, 3)
    .flatMap((seen) =>
      labelled(
        "fault",
        `${scene.paint("warn", seen.code)}${seen.count > 1 ? ` ×${seen.count}` : ""} ${moment(seen.at, scene)}: ${seen.message}`,
        scene.width,
      ),
    );
}

function nextLine({ node, control }: NodeStatus, scene: Scene): string[] {
  const outputs = control?.outputs.map(({ output }) => output) ?? [];
  // A loop may drive no output by itself: a drive does, or another loop.
  const driven = control?.loops.find(({ output }) => outputs.includes(output));
  const first = driven?.output ?? outputs[0];
  const why = first === undefined ? "" : `holdfast why ${node}/${first} · `;
  return labelled("next", scene.paint("dim", `${why}holdfast tail ${node}`), scene.width);
}

/** Rows under one label: aligned where they fit, folded where not. */
function table(label: string, rows: readonly (readonly string[])[], scene: Scene): string[] {
  const aligned = columns(rows);
  return aligned.flatMap((row, index) => labelled(index === 0 ? label : "", row, scene.width));
}
