/** What people will want to type, verb by verb: help begins with it. */
export const examples: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  holdfast: [
    ["holdfast demo", "three cold rooms and a region, no hardware; press c to cut the network"],
    ["holdfast init && holdfast run", "a node of your own"],
    ["holdfast status", "what runs here, since when and why"],
  ],
  run: [
    ["holdfast run", "with ./holdfast.yaml, or the one in ~/.config or /etc"],
    ["holdfast run --check", "find every mistake in it, run nothing"],
    ["holdfast run --config region.yaml", "with another one"],
  ],
  demo: [
    ["holdfast demo", "until q; c cuts the network, h heals it"],
    ["holdfast demo cut", "cut it from another terminal"],
    [
      "holdfast demo --for 60s --cut-at 20s --heal-at 40s --json",
      "for a script: exit 0 if nothing was lost",
    ],
  ],
  "demo cut": [["holdfast demo cut", "the nodes go autonomous; holdfast status shows it"]],
  "demo heal": [["holdfast demo heal", "buffered points arrive, none lost, none twice"]],
  devices: [
    ["holdfast devices", "those in ./holdfast.yaml"],
    ["holdfast devices -c room-1.yaml -c room-2.yaml", "those of two nodes in one process"],
  ],
  sim: [
    ["holdfast sim run --seed 7", "fifty nodes for a day, with faults drawn from the seed"],
    ["holdfast help sim", "what else it does"],
  ],
  "sim run": [
    ["holdfast sim run", "fifty nodes in three regions for a day"],
    [
      "holdfast sim run --seeds 1..100 --nodes 6 --hours 1",
      "many small fleets, one after the other",
    ],
    [
      "holdfast sim run --seed 7 --faults cut,node-power --json",
      "for scripts: exit 1 if a law is broken",
    ],
  ],
  "sim replay": [
    ["holdfast sim replay 7 --nodes 6 --hours 1", "what befell it, moment by moment"],
    ["holdfast sim replay 7 --node node-3", "what of it concerns one node"],
    ["holdfast sim replay 7 --plan plan.json", "with the faults that sim shrink left"],
  ],
  "sim shrink": [
    ["holdfast sim shrink 7 --nodes 6 --hours 1", "writes plan.json and says how to replay it"],
  ],
  "sim scenario": [
    ["holdfast sim scenario", "which stories there are"],
    ["holdfast sim scenario flapping-link --node node-0", "what befalls one node in one of them"],
  ],
  "sim plot": [
    ["holdfast sim plot 7 --nodes 6 --hours 1 --node node-3 -o node-3.svg", "one node of a run"],
  ],
  status: [
    ["holdfast status", "all that runs on this machine"],
    ["holdfast status pump-1", "one of them"],
    ["holdfast status --json", "for programs"],
  ],
  journal: [
    ["holdfast journal pump-1 -o pump-1.jsonl", "the last of its control agent, in a file"],
    ["holdfast journal pump-1 --agent link", "of the agent that speaks with the region"],
  ],
  replay: [["holdfast replay pump-1.jsonl", "whether the same comes out again, bit for bit"]],
  why: [["holdfast why pump-1/valve", "its value, who decided it, over whom, and from what"]],
  tail: [
    ["holdfast tail pump-1", "until Ctrl-C"],
    ["holdfast tail pump-1 -n 20", "twenty values"],
    ["holdfast tail --for 5s --json", "of all nodes here, one JSON object a line"],
  ],
  force: [
    [
      'holdfast force room-1/compressor 1 --for 10m --reason "test run"',
      "at the node itself; it starts once it has rested",
    ],
    ['holdfast force pump-1/valve "40 %" --for 1h --reason "level sensor broken"', ""],
  ],
  kill: [['holdfast kill room-1/compressor --reason "belt torn"', "at the node itself"]],
  release: [
    [
      'holdfast release room-1/compressor --reason "belt replaced"',
      "it may start once it has rested",
    ],
  ],
  tune: [
    ["holdfast tune ahu-1/supply --amplitude 0.1 --reason commissioning", "what it would do"],
    [
      "holdfast tune ahu-1/supply --amplitude 0.1 --reason commissioning --approve",
      "do it, show the change",
    ],
  ],
  reset: [
    ['holdfast reset rack-1/high-pressure --reason "condenser cleaned"', "at the node itself"],
  ],
  set: [
    ['holdfast set room-1/cooling 3.5 --for 2h --reason "big delivery"', "through the region"],
    [
      'holdfast set room-1/cooling "3.5 degC" --for 10m --reason test --local',
      "at the node itself",
    ],
  ],
  health: [["holdfast health --quiet", "for containers and scripts"]],
  doctor: [
    ["holdfast doctor", "with the configuration that run would use"],
    ["holdfast doctor --config region.yaml --json", "for programs"],
  ],
  init: [
    ["holdfast init", "a cold room in ./holdfast.yaml, with simulated devices"],
    ["holdfast init --plant tank --node tank-3", "a tank with a PI loop"],
    ["holdfast init --role region -o region.yaml", "a region controller"],
  ],
  schema: [["holdfast schema config > holdfast.schema.json", "for yaml-language-server"]],
  explain: [
    ["holdfast explain BUS_LOST", "one code"],
    ["holdfast explain", "all of them"],
  ],
  version: [["holdfast version --json", "for programs"]],
  completion: [
    ["source <(holdfast completion bash)", "in this shell"],
    ["holdfast completion fish > ~/.config/fish/completions/holdfast.fish", "for good"],
  ],
};
