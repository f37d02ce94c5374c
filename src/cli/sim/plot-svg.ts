import { modes } from "#src/contract/messages.ts";
import type { Trace } from "#src/contract/simulation.ts";
import { figure } from "../show/text.ts";
import { gapOf, pathOf, short, spansOf } from "./plot-path.ts";
import { clockLabel, rangeOf, roundTicks, type Scale, scaleOf, timeTicks } from "./plot-scale.ts";
import { box, escaped, inks, text } from "./svg-parts.ts";

/** What one node measured and did, with what befell it, on one axis of time. */
export interface Plot {
  readonly title: string;
  readonly subtitle: string;
  /** Milliseconds. */
  readonly length: number;
  readonly trace: Trace;
  readonly faults: readonly PlotFault[];
  readonly violations: readonly { readonly at: number; readonly what: string }[];
}

export interface PlotFault {
  readonly kind: string;
  readonly at: number;
  readonly until: number;
  /** Shown where somebody points at it. */
  readonly what: string;
}

type Signal = Trace["signals"][number];

/** Pixels. */
const page = { width: 1_280, left: 132, right: 196, top: 62, bottom: 46 };
const panelHeight = 190;
const panelOfOneHeight = 100;
const laneHeight = 36;
const rowHeight = 17;
const space = 20;

/** Told apart by eyes that see few colours too (Okabe and Ito). */
const lineColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#8a6d00", "#6a3d9a"];
const setpointColours = [inks.text, "#9b2226", "#5a189a"];
const modeColours = ["#9aa5b1", "#7cc68d", "#f2c14e", "#e07a5f", "#b08cc8"];
const faultColour = "#c44536";

interface Drawing {
  readonly plot: Plot;
  readonly x: Scale;
  readonly gap: number;
}

/** A block of the page: how high it is, and what it draws from a given height on. */
interface Block {
  readonly height: number;
  readonly draw: (top: number) => readonly string[];
}

/** The whole picture as text of an SVG file. */
export function plotSvg(plot: Plot): string {
  const x = scaleOf([0, plot.length], [page.left, page.width - page.right]);
  const drawing = { plot, x, gap: gapOf(plot.trace.at) };
  const blocks = [
    modeBlock(drawing),
    faultBlock(drawing),
    ...panelBlocks(drawing),
    ...outputBlocks(drawing),
  ].filter((block) => block !== undefined);
  let top = page.top;
  const drawn: string[] = [];
  for (const block of blocks) {
    drawn.push(...block.draw(top));
    top += block.height + space;
  }
  const bottom = top - space;
  const height = bottom + page.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${height}" width="${page.width}" height="${height}" font-family="'DejaVu Sans', Verdana, 'Segoe UI', sans-serif" font-size="12">`,
    `<title>${escaped(plot.title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(page.left, 26, plot.title, `font-size="17" font-weight="bold"`),
    text(page.left, 46, plot.subtitle, `fill="${inks.soft}"`),
    ...faultShades(drawing, bottom),
    ...timeGrid(drawing, bottom),
    ...drawn,
    ...violationMarks(drawing, bottom),
    "</svg>",
    "",
  ].join("\n");
}

function timeGrid({ plot, x }: Drawing, bottom: number): string[] {
  const middle = (page.left + page.width - page.right) / 2;
  return [
    ...timeTicks(plot.length, 12).flatMap((at) => [
      `<path d="M${short(x(at))} ${page.top}V${bottom + 5}" stroke="${inks.grid}"/>`,
      text(x(at), bottom + 20, clockLabel(at), `text-anchor="middle"`),
    ]),
    text(middle, bottom + 38, "hours:minutes of the simulated world", centred(inks.soft)),
  ];
}

function modeBlock({ plot, x, gap }: Drawing): Block | undefined {
  const signal = plot.trace.signals.find(({ kind }) => kind === "mode");
  if (signal === undefined) return undefined;
  const spans = spansOf(plot.trace.at, signal.values, gap);
  const met = [...new Set(spans.map(({ value }) => value))].sort((one, other) => one - other);
  const from = page.width - page.right - met.length * modeWidth;
  return {
    height: modeHeight,
    draw: (top) => [
      rowLabel(top + 15, "mode"),
      ...spans.map(({ from, to, value }) =>
        box(x(from), top, Math.max(0.5, x(to) - x(from)), modeHeight, colourOf(value)),
      ),
      frame(top, modeHeight),
      ...met.flatMap((value, index) => [
        box(from + index * modeWidth, top - 25, 16, 10, colourOf(value)),
        text(from + index * modeWidth + 22, top - 16, modes[value] ?? "other"),
      ]),
    ],
  };
}

const modeHeight = 22;
const modeWidth = 108;
const colourOf = (mode: number): string => modeColours[mode] ?? inks.frame;

/** A row for each kind of fault that befell the node. */
function faultBlock({ plot, x }: Drawing): Block | undefined {
  const kinds = [...new Set(plot.faults.map(({ kind }) => kind))].sort();
  if (kinds.length === 0) return undefined;
  const height = kinds.length * rowHeight;
  return {
    height,
    draw: (top) =>
      kinds.flatMap((kind, index) => {
        const from = top + index * rowHeight;
        return [
          rowLabel(from + 13, kind),
          `<path d="M${page.left} ${from + rowHeight / 2}H${page.width - page.right}" stroke="${inks.grid}"/>`,
          ...plot.faults
            .filter((one) => one.kind === kind)
            .map(({ at, until, what }) =>
              box(x(at), from + 3, Math.max(2, x(until) - x(at)), rowHeight - 6, faultColour, what),
            ),
        ];
      }),
  };
}

/** So many shades can still be told apart. */
const mostShades = 40;

/** What was wrong shows behind everything that was measured meanwhile. */
function faultShades({ plot: { faults }, x }: Drawing, bottom: number): string[] {
  if (faults.length > mostShades) return [];
  return faults.map(
    ({ at, until }) =>
      `<path d="M${short(x(at))} ${page.top}H${short(Math.max(x(until), x(at) + 1))}V${bottom}H${short(x(at))}Z" fill="${faultColour}" fill-opacity="0.07"/>`,
  );
}

/** Inputs and setpoints of one unit share a panel. */
function panelBlocks(drawing: Drawing): Block[] {
  const shown = drawing.plot.trace.signals.filter(
    ({ kind }) => kind === "input" || kind === "setpoint",
  );
  const units = [...new Set(shown.map(({ unit }) => unit))];
  return units.flatMap((unit) => {
    const signals = shown.filter((signal) => signal.unit === unit);
    const range = rangeOf(signals.map(({ values }) => values));
    return range === undefined ? [] : [panel(drawing, unit, signals, range)];
  });
}

function panel(
  { plot, x, gap }: Drawing,
  unit: string | undefined,
  signals: readonly Signal[],
  range: readonly [number, number],
): Block {
  // What is there or not, such as an open door, takes no more room than an output.
  const low = unit === undefined && signals.every(({ values }) => values.every(isSwitch));
  const usual = signals.length === 1 ? panelOfOneHeight : panelHeight;
  const height = Math.max(low ? laneHeight : usual, signals.length * rowHeight);
  return {
    height,
    draw(top) {
      const y = scaleOf(range, [top + height, top]);
      const ticks = low ? [0, 1] : roundTicks(range[0], range[1], 5);
      return [
        ...ticks.flatMap((tick) => [
          `<path d="M${page.left} ${short(y(tick))}H${page.width - page.right}" stroke="${inks.grid}"/>`,
          text(page.left - 8, y(tick) + 4, figure(tick), `text-anchor="end"`),
        ]),
        frame(top, height),
        low ? "" : text(16, top + height / 2 + 4, unit ?? "", `fill="${inks.soft}"`),
        ...topmostLast(signals).map((signal) => {
          const { kind, values } = signal;
          const stepped = kind === "setpoint" || low;
          const d = pathOf({ at: plot.trace.at, values, x, y, stepped, gap });
          return `<path d="${d}" fill="none" ${lineStyle(signals, signal)}/>`;
        }),
        ...signals.flatMap((signal, index) =>
          legend(
            index,
            top,
            signal.kind === "setpoint" ? `${signal.name} setpoint` : signal.name,
            (left, middle) =>
              `<path d="M${left} ${middle}h16" fill="none" ${lineStyle(signals, signal)}/>`,
          ),
        ),
      ];
    },
  };
}

/** A site names first what matters most, and setpoints are what all is held to. */
const topmostLast = (signals: readonly Signal[]): readonly Signal[] => [
  ...signals.filter(({ kind }) => kind === "input").reverse(),
  ...signals.filter(({ kind }) => kind === "setpoint"),
];

const isSwitch = (value: number): boolean => Number.isNaN(value) || value === 0 || value === 1;

function lineStyle(signals: readonly Signal[], signal: Signal): string {
  if (signal.kind === "setpoint") {
    const setpoints = signals.filter(({ kind }) => kind === "setpoint");
    const ink = setpointColours[setpoints.indexOf(signal) % setpointColours.length];
    return `stroke="${ink}" stroke-width="1.6" stroke-dasharray="6 4"`;
  }
  const inputs = signals.filter(({ kind }) => kind === "input");
  const colour = lineColours[inputs.indexOf(signal) % lineColours.length];
  return `stroke="${colour}" stroke-width="1.4" stroke-linejoin="round"`;
}

/** A lane for each output, from the least to the greatest that it was. */
function outputBlocks({ plot, x, gap }: Drawing): Block[] {
  const { at, signals } = plot.trace;
  const outputs = signals.filter(({ kind }) => kind === "output");
  return outputs.map(({ name, unit, values }) => ({
    height: laneHeight,
    draw(top) {
      const known = values.filter((value) => !Number.isNaN(value));
      const [least, most] = [Math.min(0, ...known), Math.max(1, ...known)];
      const y = scaleOf([least, most], [top + laneHeight - 4, top + 4]);
      const d = pathOf({ at, values, x, y, stepped: true, gap });
      const range = `${figure(least)} … ${figure(most)}${unit === undefined ? "" : ` ${unit}`}`;
      const style = `fill="none" stroke="${inks.text}" stroke-width="1.4"`;
      return [
        rowLabel(top + laneHeight / 2 + 4, name),
        frame(top, laneHeight),
        `<path d="${d}" ${style}/>`,
        ...legend(
          0,
          top,
          `output, ${range}`,
          (left, middle) => `<path d="M${left} ${middle}h16" ${style}/>`,
        ),
      ];
    },
  }));
}

function violationMarks({ plot, x }: Drawing, bottom: number): string[] {
  return plot.violations.map(
    ({ at, what }) =>
      `<g><title>${escaped(what)}</title><path d="M${short(x(at))} ${page.top}V${bottom}" stroke="#d00000" stroke-width="1.5"/><path d="M${short(x(at))} ${page.top}l-5 -8h10z" fill="#d00000"/></g>`,
  );
}

function legend(
  index: number,
  top: number,
  said: string,
  sample: (left: number, middle: number) => string,
): string[] {
  const left = page.width - page.right + 12;
  const middle = top + index * rowHeight + 9;
  return [sample(left, middle), text(left + 23, middle + 4, clipped(said))];
}

/** The margin holds so many letters. */
const clipped = (said: string): string => (said.length > 22 ? `${said.slice(0, 21)}…` : said);

const rowLabel = (y: number, said: string): string =>
  text(page.left - 8, y, said.length > 16 ? `${said.slice(0, 15)}…` : said, `text-anchor="end"`);

const frame = (top: number, height: number): string =>
  `<rect x="${page.left}" y="${top}" width="${page.width - page.left - page.right}" height="${height}" fill="none" stroke="${inks.frame}"/>`;

const centred = (fill: string): string => `text-anchor="middle" fill="${fill}"`;
