import { describe, expect, test } from "vitest";
import { gapOf, pathOf, spansOf } from "#src/cli/sim/plot-path.ts";
import { clockLabel, rangeOf, roundTicks, scaleOf, timeTicks } from "#src/cli/sim/plot-scale.ts";
import { type Plot, plotSvg } from "#src/cli/sim/plot-svg.ts";
import { trace } from "./fake-simulation.ts";

const plot: Plot = {
  title: "region-1/node-4, seed 7",
  subtitle: "one of 6 nodes",
  length: 120_000,
  trace,
  faults: [{ kind: "cut", at: 30_000, until: 60_000, what: 'cut, way "both" & <more>' }],
  violations: [{ at: 61_000, what: "bounded: a\u0000rest" }],
};

describe("a plot", () => {
  const svg = plotSvg(plot);

  test("shows every signal with its name, and outputs with their range", () => {
    for (const said of ["air", "cooling setpoint", "door", "compressor", "output, 0 … 1", "degC"]) {
      expect(svg).toContain(`>${said}</text>`);
    }
  });

  test("shows the modes that occurred, in words", () => {
    expect(svg).toContain(">connected</text>");
    expect(svg).toContain(">autonomous</text>");
    expect(svg).not.toContain(">safe</text>");
  });

  test("marks faults where they were, and violations when", () => {
    // A quarter to a half of the axis, which runs from 132 to 1084.
    expect(svg).toMatch(/<rect x="370" y="\d+" width="238" height="11"/);
    expect(svg).toContain("<title>cut, way &quot;both&quot; &amp; &lt;more&gt;</title>");
    expect(svg).toContain("<title>bounded: a\ufffdrest</title>");
  });

  test("has an axis with hours and minutes", () => {
    expect(svg).toContain(">0:01</text>");
    expect(svg).toContain("hours:minutes of the simulated world");
  });

  test("of nothing is still a picture", () => {
    const none = {
      node: "node-0",
      at: [],
      signals: trace.signals.map((one) => ({ ...one, values: [] })),
    };
    const empty = plotSvg({ ...plot, trace: none, faults: [], violations: [] });
    expect(empty).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("names no number that is none", () => {
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

const same = scaleOf([0, 1], [0, 1]);
const line = (at: number[], values: number[], stepped: boolean): string =>
  pathOf({ at, values, x: same, y: same, stepped, gap: 5 });

describe("the path of a signal", () => {
  test("goes straight from value to value, and breaks where there is none or nothing for long", () => {
    expect(line([0, 1, 2], [5, 6, 7], false)).toBe("M0 5L1 6L2 7");
    expect(line([0, 1, 2, 3], [5, Number.NaN, 7, 8], false)).toBe("M0 5M2 7L3 8");
    expect(line([0, 1, 9, 10], [5, 6, 7, 8], false)).toBe("M0 5L1 6M9 7L10 8");
  });

  test("holds a stepped value until the next one, and to its own end", () => {
    expect(line([0, 1, 2, 3], [5, 5, 7, 7], true)).toBe("M0 5H2V7H3");
    expect(line([0, 1, 2, 3], [5, 5, Number.NaN, 7], true)).toBe("M0 5H1M3 7");
  });
});

test("spans join what is the same, and end at a gap", () => {
  expect(spansOf([0, 1, 2, 9, 10], [1, 1, 2, 2, 2], 5)).toEqual([
    { from: 0, to: 2, value: 1 },
    { from: 2, to: 2, value: 2 },
    { from: 9, to: 10, value: 2 },
  ]);
});

test("a gap is several times what usually lies between", () => {
  expect(gapOf([0, 10_000, 20_000, 90_000])).toBe(40_000);
  expect(gapOf([])).toBe(5_000);
});

describe("an axis", () => {
  test("has round figures", () => {
    expect(roundTicks(-3.2, 27, 5)).toEqual([0, 10, 20]);
    expect(roundTicks(0.01, 0.09, 4)).toEqual([0.02, 0.04, 0.06, 0.08]);
  });

  test("has moments as a clock shows them", () => {
    expect(timeTicks(1_800_000, 12).map(clockLabel)).toEqual([
      "0:00",
      "0:05",
      "0:10",
      "0:15",
      "0:20",
      "0:25",
      "0:30",
    ]);
    expect(
      timeTicks(30 * 86_400_000, 12)
        .map(clockLabel)
        .at(-1),
    ).toBe("720:00");
  });

  test("leaves room about what it shows, also where all is the same", () => {
    expect(rangeOf([[0, 10, Number.NaN]])).toEqual([-0.6, 10.6]);
    expect(rangeOf([[4]])).toEqual([3.5, 4.5]);
    expect(rangeOf([[Number.NaN]])).toBeUndefined();
  });
});
