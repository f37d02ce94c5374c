/**
 * What the world may do to us, as values. Each fault has a code that never changes its meaning, a
 * sentence with the evidence, and a remedy for the person who reads it. The shell acts on `then`,
 * so that error policy is data.
 *
 * - retry: the same thing is tried again after a pause
 * - refuse: this one thing is not done; what works goes on
 * - fall-back: a declared safe behaviour takes over
 * - stop: the process cannot do its job and ends with an exit code
 * - unsure: nobody here knows whether it was done
 */
export type Then = "retry" | "refuse" | "fall-back" | "stop" | "unsure";

interface Entry<P> {
  readonly then: Then;
  readonly text: (p: P) => string;
  readonly remedy: string;
}

const entry = <P>(then: Then, text: (p: P) => string, remedy: string): Entry<P> => ({
  then,
  text,
  remedy,
});

export const faults = {
  BUS_REFUSED: entry(
    "retry",
    (p: { url: string; why: string }) => `no connection to the broker at ${p.url}: ${p.why}`,
    "check that the broker runs and that uplink.url names it; the node goes on by itself meanwhile",
  ),
  BUS_LOST: entry(
    "retry",
    (p: { url: string; why: string }) => `lost the broker at ${p.url}: ${p.why}`,
    "nothing to do: it reconnects by itself; look at the network if it lasts",
  ),
  MESSAGE_MALFORMED: entry(
    "refuse",
    (p: { topic: string; why: string }) => `refused a message on ${p.topic}: ${p.why}`,
    "find who publishes on this topic; the table is in docs/topics.md",
  ),
  MESSAGE_RETAINED: entry(
    "refuse",
    (p: { topic: string }) =>
      `refused a retained message on ${p.topic}: a command is never retained`,
    "clear it by publishing an empty retained message on the topic, and publish commands without retain",
  ),
  MESSAGE_OVERSIZE: entry(
    "refuse",
    (p: { topic: string; bytes: number; most: number }) =>
      `refused ${p.bytes} bytes on ${p.topic}: at most ${p.most}`,
    "send less in one message",
  ),
  LEASE_EPOCH: entry(
    "refuse",
    (p: { epoch: number; highest: number; controller: string }) =>
      `refused a lease of ${p.controller} with epoch ${p.epoch}: epoch ${p.highest} was obeyed already`,
    "stop the older region controller; it has been superseded",
  ),
  LEASE_RIVAL: entry(
    "refuse",
    (p: { epoch: number; controller: string; rival: string }) =>
      `refused a lease of ${p.rival}: epoch ${p.epoch} belongs to ${p.controller}`,
    "two region controllers use one epoch: give them one arbiter database, or stop one",
  ),
  SETPOINT_EPOCH: entry(
    "refuse",
    (p: { loop: string; owner: string; epoch: number; obeyed: number }) =>
      `refused a setpoint of ${p.owner} for ${p.loop} that came with epoch ${p.epoch}: this node obeys epoch ${p.obeyed}`,
    "a lower epoch is of an older region controller: stop it; a higher one is obeyed once the lease of its controller is on the node's disk: set it again, and look at that disk if it lasts",
  ),
  SETPOINT_UNKNOWN_LOOP: entry(
    "refuse",
    (p: { loop: string }) => `there is no loop "${p.loop}" on this node`,
    "holdfast status NODE lists its loops",
  ),
  SETPOINT_BOUNDS: entry(
    "refuse",
    (p: { loop: string; value: number; min: number; max: number }) =>
      `setpoint ${p.value} for ${p.loop} is outside its bounds ${p.min} … ${p.max}`,
    "choose a value inside the bounds, or change loops.<loop>.bounds in the site file",
  ),
  SETPOINT_NO_LEASE: entry(
    "refuse",
    (p: { loop: string; mode: string }) =>
      `no setpoint from outside for ${p.loop} while the node is ${p.mode}`,
    "wait until the node is connected, or set it on the node itself with --local",
  ),
  NODE_UNKNOWN: entry(
    "refuse",
    (p: { node: string }) => `the region has never heard of node "${p.node}"`,
    "check the name with holdfast status, and the node's uplink",
  ),
  REGION_FULL: entry(
    "refuse",
    (p: { node: string; most: number }) =>
      `there is no room for node "${p.node}": the region has ${p.most} nodes already, and all of them are connected`,
    "give it a region of its own, or take a node out of this one",
  ),
  SETPOINT_REFUSED: entry(
    "refuse",
    (p: { node: string; why: string }) => `node "${p.node}" refused the setpoint: ${p.why}`,
    "read what the node says; it gives a reason that this version does not know, so bring both to one version",
  ),
  NODE_SILENT: entry(
    "refuse",
    (p: { node: string }) => `node "${p.node}" gave no answer in time`,
    "look at holdfast status; set it on the node itself with --local while it is cut off",
  ),
  DEVICE_UNREACHABLE: entry(
    "retry",
    (p: { device: string; address: string; why: string }) =>
      `device ${p.device} at ${p.address} does not answer: ${p.why}`,
    "check power and cable of the device, and devices.<device>.host and port, or its broker and url; its signals go stale, its loops go to their safe output",
  ),
  DEVICE_REFUSED: entry(
    "retry",
    (p: { device: string; what: string; why: string }) =>
      `device ${p.device} refused ${p.what}: ${p.why}`,
    "compare register kind and address, or topic and path, with the device's manual",
  ),
  STORE_READONLY: entry(
    "retry",
    (p: { path: string }) => `cannot write ${p.path}: the folder or the file system is read-only`,
    "make the data folder writable for this user; control goes on, points wait in memory",
  ),
  STORE_FULL: entry(
    "retry",
    (p: { path: string }) => `cannot write ${p.path}: the disk is full`,
    "free some space; control goes on, points wait in memory",
  ),
  STORE_CORRUPT: entry(
    "fall-back",
    (p: { path: string; kept: string; why: string }) =>
      `${p.path} is damaged (${p.why}): kept as ${p.kept}, started anew`,
    "keep the damaged file for inspection; what it still held is not delivered",
  ),
  SAFETY_MEMORY_LOST: entry(
    "fall-back",
    (p: { path: string; why: string }) =>
      `${p.path} does not tell any more what was killed or tripped (${p.why}): all of the node is killed`,
    "look at the machines and their protections, then let it run again with holdfast release NODE",
  ),
  STORE_FAILED: entry(
    "retry",
    (p: { path: string; why: string }) => `${p.path}: ${p.why}`,
    "look at the disk and at the system log",
  ),
  STORE_LOCKED: entry(
    "stop",
    (p: { path: string }) => `another holdfast works on ${p.path} already`,
    "stop the other one, or give this one a data folder of its own (data: in the config)",
  ),
  POINTS_SHED: entry(
    "fall-back",
    (p: { count: number; why: string }) => `${p.count} points became a tombstone: ${p.why}`,
    "the loss is counted and reported to the region; find out why storing is slower than measuring",
  ),
  PORT_IN_USE: entry(
    "stop",
    (p: { address: string }) => `cannot listen on ${p.address}: it is in use`,
    "find the owner with ss -ltnp, or choose another port",
  ),
  PORT_REFUSED: entry(
    "stop",
    (p: { address: string; why: string }) => `cannot listen on ${p.address}: ${p.why}`,
    "choose an address of this machine and a port this user may open",
  ),
  SOCKET_UNUSABLE: entry(
    "fall-back",
    (p: { path: string; why: string }) => `no local socket at ${p.path}: ${p.why}`,
    "set RUNTIME_DIRECTORY or HOLDFAST_RUNTIME to a folder this user can write; status and set do not work meanwhile",
  ),
  SIMULATION_REFUSED: entry(
    "stop",
    (p: { node: string; at: string; why: string }) => `${p.node}: ${p.at}: ${p.why}`,
    "name a sensor or actuator of the plant; docs/plants.md lists them",
  ),
  NOT_RUNNING: entry(
    "refuse",
    (p: { what: string; where: string }) => `no ${p.what} runs here (looked in ${p.where})`,
    "start one with holdfast run or holdfast demo, or name its socket folder with HOLDFAST_RUNTIME",
  ),
  NOT_HERE: entry(
    "refuse",
    (p: { verb: string }) => `a region does not do "${p.verb}": only a node does`,
    "ask the node itself, on its own machine; holdfast status shows the nodes of the region",
  ),
  QUERY_MALFORMED: entry(
    "refuse",
    (p: { why: string }) => `refused a request on the local socket: ${p.why}`,
    "use the holdfast command of the same version",
  ),
  QUERY_UNANSWERED: entry(
    "refuse",
    (p: { path: string; why: string }) => `no answer on ${p.path}: ${p.why}`,
    "ask again; if it lasts, read the log of the process behind this socket",
  ),
  OUTPUT_UNKNOWN: entry(
    "refuse",
    (p: { output: string; known: string }) =>
      `there is no output "${p.output}" on this node; there is ${p.known}`,
    "holdfast status NODE lists its outputs",
  ),
  OUTPUT_BOUNDS: entry(
    "refuse",
    (p: { output: string; value: number; min: number; max: number }) =>
      `${p.value} for ${p.output} is outside its bounds ${p.min} … ${p.max}`,
    "choose a value inside the bounds, or change outputs.<output>.bounds in the site file",
  ),
  OUTPUT_SWITCH: entry(
    "refuse",
    (p: { output: string; value: number }) => `${p.output} knows 0 and 1 only, not ${p.value}`,
    "say 1 to switch it on, 0 to switch it off",
  ),
  OUTPUT_KILLED: entry(
    "refuse",
    (p: { output: string; owner: string; reason: string }) =>
      `${p.output} takes no hand: killed by ${p.owner}: ${p.reason}`,
    "ask who killed it; holdfast release what was killed, the output or its node, and then force it",
  ),
  USAGE: entry(
    "refuse",
    (p: { why: string }) => p.why,
    "holdfast --help lists the verbs; holdfast VERB --help begins with examples",
  ),
  CONFIG_ABSENT: entry(
    "stop",
    (p: { looked: string }) => `no configuration found (looked for ${p.looked})`,
    "write one with holdfast init, or name it with --config",
  ),
  CONFIG_REFUSED: entry(
    "stop",
    (p: { path: string; problems: number }) =>
      `${p.path} has ${p.problems === 1 ? "a problem" : `${p.problems} problems`}`,
    "mend what is marked, then see holdfast run --check",
  ),
  CONFIG_ROLE: entry(
    "stop",
    (p: { path: string; role: string; wanted: string }) =>
      `${p.path} is of role ${p.role}, not ${p.wanted}`,
    "name a file with the right role",
  ),
  FILE_EXISTS: entry(
    "refuse",
    (p: { path: string }) => `${p.path} is there already`,
    "choose another name with --output, or replace it with --force",
  ),
  FILE_UNWRITABLE: entry(
    "refuse",
    (p: { path: string; why: string }) => `cannot write ${p.path}: ${p.why}`,
    "choose a folder that this user can write",
  ),
  JOURNAL_UNREADABLE: entry(
    "refuse",
    (p: { path: string; line: number; why: string }) =>
      `cannot replay ${p.path}:${p.line}: ${p.why}`,
    "replay an unchanged file that holdfast journal wrote, with the version that wrote it",
  ),
  DEMO_ABSENT: entry(
    "refuse",
    (p: { path: string; why: string }) => `no demo answers at ${p.path}: ${p.why}`,
    "start one with holdfast demo in another terminal",
  ),
  DEMO_RUNNING: entry(
    "stop",
    (p: { what: string; where: string }) => `${p.what} runs already (in ${p.where})`,
    "stop it, or give this demo a socket folder of its own with HOLDFAST_RUNTIME",
  ),
  DEMO_CHILD: entry(
    "stop",
    (p: { name: string; how: string; said: string }) =>
      `${p.name} ${p.how}; its log ends: ${p.said}`,
    "run the demo with --keep and read the logs in its folder",
  ),
  DEMO_UNSOUND: entry(
    "stop",
    (p: { why: string }) => `the account does not balance: ${p.why}`,
    "this is a defect of holdfast; please report it with the folder of holdfast demo --keep",
  ),
  LOOP_FAILED: entry(
    "fall-back",
    (p: { loop: string; why: string }) => `loop ${p.loop} failed: ${p.why}`,
    "this is a defect of holdfast: its output went to its safe value; please report it with the log",
  ),
  LOOP_SLOWED: entry(
    "fall-back",
    (p: { loop: string; took: number; budget: number; slowdown: number }) =>
      `loop ${p.loop} took ${p.took} ms of a budget of ${p.budget} ms again and again: it runs at one tick in ${p.slowdown} until it keeps it`,
    "make its rules cheaper, or give it a longer period or more loops.<loop>.budget; other loops keep their period",
  ),
  ACTUATOR_STUCK: entry(
    "retry",
    (p: { output: string; value: number; seconds: number }) =>
      `${p.output} was ordered to ${p.value} and has not followed for ${p.seconds} s`,
    "look at the machine: a stuck valve, a tripped motor switch, a hand on its own switch; it is ordered on",
  ),
  INTERLOCK_TRIPPED: entry(
    "fall-back",
    (p: { interlock: string; why: string }) => `interlock ${p.interlock} tripped: ${p.why}`,
    "find the cause; a latched one is let go by holdfast reset once its condition is over",
  ),
  TUNE_REFUSED: entry(
    "refuse",
    (p: { loop: string; why: string }) => `loop ${p.loop} is not tuned: ${p.why}`,
    "bring the process to rest in the middle of its range first; see docs/control.md on tuning",
  ),
  NOT_KILLED: entry(
    "refuse",
    (p: { what: string }) => `${p.what} is not killed, nor is a hand on it`,
    "see holdfast status for what is: a node that was killed as a whole is released as a whole",
  ),
  INTERLOCK_UNKNOWN: entry(
    "refuse",
    (p: { interlock: string }) => `this node has no interlock ${p.interlock}`,
    "see holdfast status for the interlocks of the node",
  ),
  INTERLOCK_HOLDS: entry(
    "refuse",
    (p: { interlock: string }) =>
      `interlock ${p.interlock} cannot be reset while its condition holds, or is not known after a start`,
    "mend what trips it first; holdfast status shows the condition",
  ),
  AGENT_FAILED: entry(
    "fall-back",
    (p: { agent: string; why: string }) =>
      `the ${p.agent} agent failed and was started anew: ${p.why}`,
    "this is a defect of holdfast; please report it with the log",
  ),
  AGENT_RESTS: entry(
    "retry",
    (p: { agent: string }) =>
      `the ${p.agent} agent does not run at the moment: it begins, or rests after it failed`,
    "ask again in some seconds; if it lasts, AGENT_FAILED in the log says why",
  ),
  MAILBOX_FULL: entry(
    "refuse",
    (p: { agent: string; most: number }) =>
      `${p.most} messages wait for the ${p.agent} agent already: more of them are refused`,
    "nothing is lost that is sent until it is acked; find out who sends so much, or what holds it up",
  ),
  JOURNAL_KEPT: entry(
    "refuse",
    (p: { agent: string; path: string }) =>
      `what the ${p.agent} agent was given before it failed is in ${p.path}`,
    "look at it with holdfast replay, and send it with the report of the defect",
  ),
  JOURNAL_LOST: entry(
    "refuse",
    (p: { agent: string; why: string }) =>
      `what the ${p.agent} agent was given could not be written down: ${p.why}`,
    "see that the node's data folder takes files; control does not depend on it",
  ),
  CONTROL_SILENT: entry(
    "unsure",
    (p: { seconds: number }) =>
      `the control thread gave no answer within ${p.seconds} s: what was ordered may still be done`,
    "see with holdfast status whether it was done before you order it again; a thread that stays silent is started anew by itself",
  ),
  CONTROL_BEHIND: entry(
    "refuse",
    (p: { most: number }) =>
      `${p.most} messages wait for the control thread already: the oldest of them was dropped`,
    "see with holdfast status whether what was ordered last was done; a thread that stays stuck is started anew by itself",
  ),
  QUESTIONS_CROWDED: entry(
    "refuse",
    (p: { most: number }) =>
      `${p.most} questions wait for their answer already: this one was not asked`,
    "ask again in some seconds; if it lasts, find out who asks so much",
  ),
  CONTROL_LOST: entry(
    "retry",
    (p: { why: string }) => `the control thread ended and was started anew: ${p.why}`,
    "this is a defect of holdfast; please report it with the log",
  ),
} as const;

export type FaultCode = keyof typeof faults;
export type FaultParams<C extends FaultCode> = Parameters<(typeof faults)[C]["text"]>[0];

export const isFaultCode = (text: string | undefined): text is FaultCode =>
  text !== undefined && Object.hasOwn(faults, text);

/** One thing that happened, ready for a log, a socket or a screen. */
export interface Fault {
  readonly code: FaultCode;
  readonly message: string;
  readonly remedy: string;
  readonly then: Then;
}

export function fault<C extends FaultCode>(code: C, params: FaultParams<C>): Fault {
  const known = faults[code] as Entry<FaultParams<C>>;
  return { code, message: known.text(params), remedy: known.remedy, then: known.then };
}

/**
 * A fault on its way through code that can only throw: start-up, and the rim around drivers. It has no
 * stack: the fault says all that there is to say, and a full disk refuses every second.
 */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly fault: Fault;

  constructor(met: Fault, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${met.code}: ${met.message}`, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.fault = met;
  }
}
