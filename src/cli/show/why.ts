import type { Claim, Explanation, InputStatus } from "#src/contract/query.ts";
import { modeText } from "./mode.ts";
import { moment, span } from "./moment.ts";
import { printable } from "./printable.ts";
import type { Scene } from "./scene.ts";
import { columns, fold, quantityText } from "./text.ts";

/** Why an output is what it is, as a tree from the value down to what it rests on. */
export function renderWhy(explanation: Explanation, scene: Scene): string[] {
  const of = printable(explanation);
  const { paint } = scene;
  const branches: readonly Branch[] = [
    { label: "decided by", rows: [claimCells(of.winner)] },
    { label: "over", rows: of.losers.map(claimCells) },
    { label: "mode", rows: [[`${modeText(of.mode, paint)}: ${of.modeReason}`]] },
    { label: "looked at", rows: of.inputs.map((input) => inputCells(input, scene)) },
    { label: "within", rows: of.limits.map((limit) => [limit]) },
    { label: "read back", rows: [[readBackText(of, scene)]] },
  ];
  return [
    `${paint("strong", `${of.node}/${of.output}`)} is ${paint("strong", quantityText(of.value, of.unit))} since ${moment(of.since, scene)}`,
    ...fold(`because ${of.because}`, scene.width),
    ...tree(
      branches.filter((branch) => branch.rows.length > 0),
      scene,
    ),
  ];
}

interface Branch {
  readonly label: string;
  readonly rows: readonly (readonly string[])[];
}

function tree(branches: readonly Branch[], scene: Scene): string[] {
  const room = scene.width === undefined ? undefined : Math.max(20, scene.width - indent);
  return branches.flatMap((branch, index) => {
    const last = index === branches.length - 1;
    const lines = columns(branch.rows).flatMap((row) => fold(row, room));
    return lines.map((line, at) => {
      const arm = at === 0 ? (last ? "└─ " : "├─ ") : last ? "   " : "│  ";
      const label = at === 0 ? branch.label : "";
      return `${scene.paint("dim", arm)}${label.padEnd(indent - 3)}${line}`.trimEnd();
    });
  });
}

const indent = 15;

const claimCells = (claim: Claim): string[] => [
  claim.authority,
  quantityText(claim.value, claim.unit),
  claim.what,
];

const inputCells = (input: InputStatus, { paint }: Scene): string[] => [
  input.input,
  quantityText(input.value, input.unit),
  input.quality === "good" ? "good" : paint("warn", input.quality),
  input.age === null
    ? "never heard"
    : `${input.age < 10_000 ? `${(input.age / 1_000).toFixed(1)} s` : span(input.age)} old`,
];

function readBackText(of: Explanation, { paint }: Scene): string {
  if (of.readBack === null) return paint("warn", "the device does not say");
  const said = quantityText(of.readBack, of.unit);
  return of.readBack === of.value
    ? `${said}, as written`
    : `${said}, ${paint("warn", "not as written")}`;
}
