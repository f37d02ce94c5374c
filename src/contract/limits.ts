import { invariant } from "#src/base/assert.ts";
import { type Millis, millis, minutes, seconds } from "#src/base/units.ts";

/**
 * Every bound on what a running program queues, keeps, says or waits for, unless it is a site's own
 * choice. A queue without an entry here does not exist. What bounds the reading of a file, a single
 * command or the simulator stands beside its use.
 */
export const limits = {
  /** Bytes of one MQTT payload; what the narrowest common broker takes (AWS IoT). */
  payloadBytes: 128 * 1024,
  /** Bytes of one packet before CONNECT was accepted, and after. */
  packetBytesBeforeConnect: 4 * 1024,
  packetBytes: 256 * 1024,
  topicBytes: 256,
  topicSlashes: 7,
  /** Connections the embedded broker holds, in all and from one address. */
  connections: 2_000,
  connectionsPerAddress: 1_200,

  /** Messages, and bytes of them, that one connection has under way before it takes no more. */
  publishesInFlight: 4_096,
  publishBytesInFlight: 4 * 1024 * 1024,
  /** The embedded broker waits this long for its clients when it closes. */
  brokerClose: seconds(1) as Millis,
  /** It says why it refuses somebody no more often than this. */
  refusalEvery: seconds(10) as Millis,
  /** Retained topics the embedded broker remembers: one owner has few, owners can be many. */
  retainedTopics: 4_096,

  inputsPerNode: 256,
  outputsPerNode: 128,
  loopsPerNode: 128,
  signalsPerNode: 128,
  drivesPerNode: 32,
  interlocksPerNode: 64,
  devicesPerNode: 32,
  nodesPerRegion: 1_000,

  /** Points one transaction takes, and the pause between transactions that take fewer. */
  flushPoints: 1_000,
  flushEvery: seconds(1) as Millis,
  /** Points that wait for their transaction; what does not fit becomes a tombstone. */
  pendingPoints: 20_000,
  /** Points of one message to the region, and messages under way. */
  batchPoints: 500,
  batchesInFlight: 4,
  /** An unanswered batch is sent again after this long. */
  ackTimeout: seconds(5) as Millis,
  /** The pause before a store that failed is tried again. */
  storeRetry: seconds(2) as Millis,
  /** Beyond its bound the buffer gives up this share of it at once, so that it is not done for each point. */
  evictShare: 0.01,
  /** Tombstones of one boot that a buffer keeps apart; beyond it the older half becomes one. */
  tombstonesKept: 1_000,
  /** Boots whose account a buffer keeps apart; beyond it the oldest settled ones become one. */
  bootsKept: 10_000,
  /**
   * A database's log is moved into it at this many pages of 4 KiB. Short, so that the ballast makes
   * room for all of it: on a full disk a log that cannot be moved cannot be emptied either.
   */
  checkpointPages: 200,
  /** The log shrinks back to this after a checkpoint that emptied it. */
  databaseLogBytes: 1024 * 1024,
  /** Pages kept in memory; what a node adds and acks is at the two ends of one table. */
  databaseCacheKibibytes: 4 * 1024,
  /** How long a writer waits for another one: a turn of the link thread must not hang on it. */
  databaseBusy: millis(500),
  /** Beyond this size a whole check would hold the start for many seconds; damage is met in use. */
  databaseCheckedBytes: 1024 * 1024 * 1024,
  /** What a full disk leaves a database to move all that its log usually holds, and so to empty the log. */
  ballastBytes: 1024 * 1024,
  /** Damaged files that are kept of one database; older ones make room. */
  quarantinesKept: 3,
  /** Tombstones one message carries. */
  batchTombstones: 64,

  /** Messages on the way from one thread to the other without an ack, and those that wait behind. */
  channelMessages: 32,
  channelWaiting: 256,
  /** Inputs from the world find at most so many before them, or are refused; what an agent waits for may come on top. */
  mailbox: 4_096,
  /** Inputs that wait in front of an agent in all; one that misses any starts anew. */
  mailboxInAll: 8_192,
  /** A region notes that it heard a node no more often than this, and writes that down no more often. */
  nodeHeardEvery: seconds(1) as Millis,
  nodeKeptEvery: seconds(10) as Millis,
  /** Changes of mode a region keeps for each node. */
  modeChangesPerNode: 1_000,

  /** Operations of one rule: it is worked out at every turn of its loop. */
  ruleNodes: 200,
  /** Turns that new values bring about may run this much ahead of their half of the control thread. */
  triggerDebt: millis(10),
  /** Points that a process's answer to a test is kept in; even, for two become one. */
  tunePoints: 500,

  /** How long a program that has just started waits for first values before it calls them missing. */
  firstValues: seconds(5) as Millis,
  /** A loop's process is swung for a test at most this long. */
  tuneLength: minutes(24 * 60) as Millis,
  /** Inputs and outputs are recorded this often, whatever the period of their loops. */
  recordEvery: seconds(1) as Millis,
  /** The time without a region is written down this often; a restart counts as much as passed. */
  rememberEvery: minutes(1) as Millis,
  /** Run times of machines that take turns are written down in steps of this. */
  ranStep: minutes(10) as Millis,
  /** Renewals heard in a row before a node that was by itself obeys again. */
  leaseConfirmations: 2,

  /** A broker may take this long from the dialling to the last granted subscription. */
  mqttOpen: seconds(5) as Millis,
  /** A closing session waits for the acks of what is under way, and then for the goodbye. */
  mqttAcks: seconds(1) as Millis,
  mqttGoodbye: millis(500),
  /** A first packet that got lost is sent again after a second; less would never see its answer. */
  modbusConnect: seconds(2) as Millis,
  /** The pause before a Modbus device that was lost is dialled again doubles from the one to the other. */
  modbusPause: millis(250),
  modbusPauseCap: seconds(5) as Millis,
  /** Answers a Modbus device leaves out in a row until it is lost: behind a gateway one may be another's fault. */
  modbusSilences: 2,

  /** Reconnect: full jitter under a cap that doubles (reset after a stable session). */
  backoffBase: millis(500),
  backoffCap: seconds(60) as Millis,
  backoffReset: seconds(60) as Millis,

  /** Longest name of a person who orders something. */
  ownerCharacters: 64,
  /** Longest reason a person may give. */
  reasonCharacters: 200,
  /** Bytes of one answer on the local socket, of one request, and of what a slow reader leaves. */
  queryBytes: 4 * 1024 * 1024,
  queryRequestBytes: 64 * 1024,
  queryBacklogBytes: 1024 * 1024,
  queryClients: 32,
  queryTimeout: seconds(5) as Millis,

  /** Memory of an agent's journal, about; files that are kept of each agent. */
  journalBytes: 4 * 1024 * 1024,
  journalFiles: 4,
  /** An agent that keeps failing writes its journal down no more often than this. */
  journalPause: minutes(10) as Millis,
  /** Largest journal that is read. */
  journalReadBytes: 256 * 1024 * 1024,

  /** Questions on their way to the control thread or to a node. */
  pendingQuestions: 64,
  /** How long the control thread may take to answer one, and one that makes it write to disk. */
  controlPatience: seconds(2) as Millis,
  controlPatienceForDisk: seconds(4) as Millis,
  /** Kinds of line of which the log counts the repetitions at a time. */
  logKeys: 256,
  /** Kinds of fault a process remembers for status. */
  faultsRemembered: 32,
  /** Restarts of one agent within `restartWindow`, after which it rests for `restartRest`. */
  restarts: 5,
  restartWindow: seconds(30) as Millis,
  restartRest: seconds(5) as Millis,

  /** One turn of the link thread may hold it no longer than this. */
  turn: millis(2),
  /** Overruns in a row after which a loop is slowed down, and by how much at most. */
  overruns: 3,
  slowdown: 16,
  /** Good steps by itself after which a loop is trusted again, and for how long it then is. */
  trialSteps: 5,
  trialPause: seconds(10) as Millis,
  /** The control thread is taken for dead after this silence. */
  controlSilence: seconds(10) as Millis,
  /** Longest lease that one message can grant. */
  leaseTtl: minutes(10) as Millis,
  grantLength: minutes(24 * 60) as Millis,
} as const;

// A batch that outgrew its payload could never be delivered: a point takes at most 96 bytes of JSON.
invariant(
  limits.batchPoints * 96 + 64 * 1024 <= limits.payloadBytes,
  "a full batch fits a payload",
);
invariant(limits.payloadBytes < limits.packetBytes, "a payload fits a packet");
invariant(
  limits.mailbox < limits.mailboxInAll,
  "a flood from the world leaves room for what an agent waits for",
);
// On a full disk the ballast is all the room there is to empty the log.
invariant(limits.checkpointPages * 4_096 <= limits.ballastBytes, "a full log fits the ballast");
// A flush must never wait for room that only a flush can make.
invariant(limits.flushPoints < limits.pendingPoints, "a flush fits what may wait for it");
invariant(limits.connectionsPerAddress <= limits.connections, "one address stays within all");
invariant(limits.nodesPerRegion < limits.connections, "every node of a region can connect");
// A region that answers every batch of its nodes at once must not lose an ack to its own bound.
invariant(
  limits.nodesPerRegion * limits.batchesInFlight <= limits.publishesInFlight,
  "an ack for every batch under way fits a connection",
);
