import type { Parts } from "./config-parts.ts";
import type { InputSaid, OutputSaid } from "./config-points.ts";
import { because, type Path, type Report } from "./config-problem.ts";
import { widthOf } from "./registers.ts";

/** Two signals on the same words would each read, or undo, half of the other. */
export function checkOverlaps(parts: Parts, list: "inputs" | "outputs", report: Report): void {
  const taken = new Map<string, string>();
  for (const [name, { device, register, topic }] of parts[list].sound) {
    if (device === undefined) continue;
    const claims = [...wordsOf(register), ...claimOf(topic)];
    const clash = claims.find(({ place }) => taken.has(`${device} ${place}`));
    if (clash === undefined) {
      for (const { place } of claims) taken.set(`${device} ${place}`, name);
      continue;
    }
    const first = taken.get(`${device} ${clash.place}`) ?? "";
    const isWide = [register, parts[list].sound.get(first)?.register].some(
      (one) => one !== undefined && widthOf(one) === 2,
    );
    report(
      [list, name, ...clash.path],
      `overlaps ${list}.${first}: both use ${clash.place} of ${device}`,
      because("CONFIG_OVERLAP", isWide ? twoAddresses : clash.remedy),
    );
  }
}

const twoAddresses = "a value of 32 bits takes two addresses; see the device's manual";

interface Claim {
  /** As it is told to people: "coil 3". */
  readonly place: string;
  readonly path: Path;
  readonly remedy: string;
}

function wordsOf(register: InputSaid["register"]): readonly Claim[] {
  if (register === undefined) return [];
  const { kind, address } = register;
  return Array.from({ length: widthOf(register) }, (_, index) => ({
    place: `${kind} ${address + index}`,
    path: ["register", "address"],
    remedy: "give each an address of its own; see the device's manual",
  }));
}

function claimOf(topic: InputSaid["topic"] | OutputSaid["topic"]): readonly Claim[] {
  if (topic === undefined) return [];
  const { name, path } = topic;
  const place = path === undefined ? `topic ${name}` : `${path} of topic ${name}`;
  return [{ place, path: ["topic", "name"], remedy: "give each a topic or a path of its own" }];
}
