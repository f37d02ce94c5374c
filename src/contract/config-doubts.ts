import { millis } from "#src/base/units.ts";
import type { NodeConfig } from "./config.ts";
import type { OutputSaid } from "./config-points.ts";
import { type Finding, type Path, warn } from "./config-problem.ts";
import type { DriveSaid, SignalSaid } from "./config-signals.ts";
import { formatDuration } from "./quantity.ts";
import { type Comparison, compileRule, wordOf } from "./rule.ts";

/** What is sound and does what it says, though its author can hardly want that. */
export function doubtsOf(config: NodeConfig): Finding[] {
  return [
    ...vendorAddresses(config),
    ...Object.entries(config.outputs).flatMap(([name, output]) => shortCycles(name, output)),
    ...foregoneRules(config),
    ...Object.entries(config.signals).flatMap(([name, signal]) => longTimes(name, signal)),
    ...Object.entries(config.drives).flatMap(([name, drive]) => opposed(name, drive)),
  ];
}

/** One word for each device: who took one address from the table took them all from there. */
function vendorAddresses({ inputs, outputs }: NodeConfig): Finding[] {
  const warned = new Set<string>();
  const lists = [
    ["inputs", inputs],
    ["outputs", outputs],
  ] as const;
  return lists.flatMap(([list, signals]) =>
    Object.entries(signals).flatMap(([name, { device, register }]) => {
      const address = register?.address ?? 0;
      if (address < 40_001 || address > 49_999 || warned.has(device)) return [];
      warned.add(device);
      return [
        warn(
          "CONFIG_VENDOR_ADDRESS",
          [list, name, "register", "address"],
          `${address} looks like the number in a vendor's table`,
          `address 0 is 40001 in the vendor's table: write ${address - 40_001}, and so for all of ${device}, unless its manual counts from 0`,
        ),
      ];
    }),
  );
}

/** On the way to safety nobody waits for minOn; minOff holds against everybody, and eats into the run. */
function shortCycles(name: string, output: OutputSaid): Finding[] {
  const { minOn, minOff } = output;
  return (["onSensorBad", "onPartition"] as const).flatMap((key) => {
    const said = output[key];
    if (said === "keep" || said.kind !== "cycle") return [];
    const [on, off] = [formatDuration(minOn), formatDuration(minOff)];
    const short = [
      ...(said.on < minOn
        ? [
            `runs ${formatDuration(said.on)}, less than its minOn of ${on}, for which no safe state waits`,
          ]
        : []),
      ...(said.off < minOff
        ? [
            `rests ${off} and not ${formatDuration(said.off)}, as its minOff says, and runs for less`,
          ]
        : []),
    ];
    if (short.length === 0) return [];
    const remedy = `write at least ${on} on and ${off} off`;
    return [warn("CONFIG_SHORT_CYCLE", ["outputs", name, key], short.join(", and "), remedy)];
  });
}

/** A sensor never says what is beyond its range: such a value is its fault and not used. */
function foregoneRules({ inputs, outputs, signals, interlocks }: NodeConfig): Finding[] {
  const names = [inputs, signals, outputs].flatMap((list) => Object.keys(list));
  const rules: (readonly [Path, string])[] = [
    ...Object.entries(signals).flatMap(([name, signal]) =>
      signal.kind === "rule" ? [[["signals", name, "expression"], signal.expression] as const] : [],
    ),
    ...Object.entries(interlocks).map(
      ([name, { trip }]) => [["interlocks", name, "trip"], trip] as const,
    ),
  ];
  return rules.flatMap(([path, text]) => {
    const found = compileRule(text, names);
    const comparisons = found.ok ? found.rule.comparisons : [];
    return comparisons.flatMap((comparison) => {
      const { name, is, than } = comparison;
      const range = inputs[name]?.range;
      if (range === undefined) return [];
      const [least, greatest] = [range[0].value, range[1].value];
      const outcome = outcomeOf(comparison, least, greatest);
      if (outcome === undefined) return [];
      return [
        warn(
          "CONFIG_FOREGONE",
          path,
          `${wordOf(name)} ${is} ${than} is ${outcome} so: the range of ${name} is ${least} … ${greatest}`,
          "compare it with a value within the range, in the unit of the input, or mend the range",
        ),
      ];
    });
  });
}

/** What the comparison comes to for every value of the range; undefined where that depends. */
function outcomeOf(
  { is, than }: Comparison,
  least: number,
  greatest: number,
): "never" | "always" | undefined {
  const isOutside = than < least || than > greatest;
  switch (is) {
    case ">":
      return than < least ? "always" : than >= greatest ? "never" : undefined;
    case ">=":
      return than <= least ? "always" : than > greatest ? "never" : undefined;
    case "<":
      return than > greatest ? "always" : than <= least ? "never" : undefined;
    case "<=":
      return than >= greatest ? "always" : than < least ? "never" : undefined;
    case "==":
      return isOutside ? "never" : undefined;
    default:
      return isOutside ? "always" : undefined;
  }
}

/** Longer than the night and the evening before it: from and to are most likely the wrong way round. */
const longTime = 18 * 60;

function longTimes(name: string, signal: SignalSaid): Finding[] {
  if (signal.kind !== "schedule") return [];
  return signal.at.flatMap(({ from, to }, index) => {
    const [begin, end] = [minuteOf(from), minuteOf(to)];
    const length = end + 24 * 60 - begin;
    if (end > begin || length <= longTime) return [];
    return [
      warn(
        "CONFIG_LONG_SCHEDULE",
        ["signals", name, "at", index, "to"],
        `${to} is on the next day: it lasts ${formatDuration(millis(length * 60_000))} from ${from}`,
        "let it begin before it ends, or write from 00:00 to 24:00 for the whole day",
      ),
    ];
  });
}

function minuteOf(clock: string): number {
  const [hour, minute] = clock.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

/** Where one part opens while another one closes, neither is closed: what heats and what cools do both. */
function opposed(name: string, drive: DriveSaid): Finding[] {
  if (drive.kind !== "split-range") return [];
  return drive.to.flatMap((part, index) => {
    const against = drive.to.slice(0, index).flatMap((other) => {
      const from = Math.max(Math.min(part.from, part.to), Math.min(other.from, other.to));
      const to = Math.min(Math.max(part.from, part.to), Math.max(other.from, other.to));
      return from < to && slopeOf(part) * slopeOf(other) < 0 ? [{ other, from, to }] : [];
    });
    return against.map(({ other, from, to }) =>
      warn(
        "CONFIG_OPPOSED",
        ["drives", name, "to", index],
        `${part.output} and ${other.output} both act from ${from} to ${to}, one against the other`,
        "let one end where the other begins, unless they are a pair such as two dampers",
      ),
    );
  });
}

type Part = Extract<DriveSaid, { kind: "split-range" }>["to"][number];

const slopeOf = ({ from, to, low, high }: Part): number =>
  Math.sign(to - from) *
  (low !== undefined && high !== undefined ? Math.sign(high.value - low.value) : 1);
