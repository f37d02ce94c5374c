import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Row } from "./row.ts";
import { bareLoop, nodesPerRegion, wholeFleet } from "./sim-sizes.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** The simulator against the bare loop it could be at best, and against itself at other sizes. */
export function sim(isQuick: boolean): readonly Row[] {
  const work = isQuick ? 60_000 : 400_000;
  const [few, usual, many] = isQuick ? [100, 500, 1_000] : [100, 5_000, 10_000];
  // The first run of each is for the compiler.
  wholeFleet(few, work / 4, collect);
  bareLoop(few, work / 4);
  const small = wholeFleet(few, work, collect);
  const whole = wholeFleet(usual, work, collect);
  const bare = bareLoop(usual, 4 * work);
  const large = wholeFleet(many, work, collect);
  return [
    {
      name: `virtual seconds in a second of one core, ${usual} nodes, ${nodesPerRegion} to a region`,
      ratio: 1 / (whole.perNodeSecond * usual),
      target: 40,
      more: true,
    },
    {
      name: `rate against a bare loop of queue, controller and plant, ${usual} nodes`,
      ratio: bare / whole.perNodeSecond,
      target: 1 / 15,
      more: true,
    },
    {
      name: `kilobytes of an idle node, ${many} nodes`,
      ratio: large.bytesPerNode / 1_024,
      target: 10,
      more: false,
    },
    {
      name: `time of a node-hour among ${many} nodes against ${few}`,
      ratio: large.perNodeSecond / small.perNodeSecond,
      target: 1.3,
      more: false,
    },
  ];
}
