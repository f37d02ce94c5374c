import { limits } from "./limits.ts";
import { channels, probeTopic } from "./topics.ts";

/**
 * docs/topics.md: every topic there is, from the table that both ends use. The rules for mosquitto
 * are an example, made for the region "north".
 */
export function topicsReference(mosquittoRules: string): string {
  const rows = Object.values(channels).map(
    ({ topic, direction, qos, retain, purpose }) =>
      `| \`${topic.pattern}\` | ${ways[direction]} | ${qos} | ${retain ? "yes" : "no"} | ${purpose} |`,
  );
  return `${[intro, [...head, ...rows].join("\n"), more, accessOf(mosquittoRules)].join("\n\n")}\n`;
}

const ways = { up: "node to region", down: "region to node" } as const;

const head = [
  "| topic | way | QoS | retained | what |",
  "| --- | --- | --- | --- | --- |",
] as const;

const intro = `# Topics

<!-- Generated from src/contract by npm run docs. -->

Everything that a node and its region say to each other goes over these MQTT topics, as JSON with its
version in \`v\`. Names in braces are ids: 1 to 32 of \`a-z\`, \`0-9\`, \`_\` and \`-\`, first a letter or
digit. MQTT 3.1.1 is enough; sessions are clean, and no broker has to keep anything but the retained
messages.`;

const more = `A payload has at most ${limits.payloadBytes} bytes, a topic at most ${limits.topicBytes} bytes and ${limits.topicSlashes} slashes.
A reader refuses what it does not understand, counts it, and goes on; it refuses a retained message on a
topic that retains nothing, since a command from the past must never be obeyed.

\`${probeTopic.pattern}\` is for \`holdfast doctor\`, which sends itself one message through the broker.`;

const accessOf = (mosquittoRules: string): string => `## Who may say and hear what

A client is known by its client id:

| client id | may publish | may subscribe |
| --- | --- | --- |
| \`node:{region}:{node}\` | what goes from this node to its region | what goes from the region to this node |
| \`region:{region}:{controller}\` | what goes from this region to its nodes | what goes from its nodes to this region |
| \`probe-{id}\` | its own probe topic | its own probe topic |

The embedded broker refuses everything else: other clients, other regions, wider filters, \`$SYS\`, retained
messages on topics that retain nothing, and sessions that outlive their connection. It does not
prove who a client is: listen beyond this machine only in a closed network.

With mosquitto, give each node an account under its id and the region controller one named \`_region\`,
put them into \`uplink.url\` and \`broker.url\` (\`mqtts://cold-room-1:password@broker:8883\`), and write
these rules to the file that its \`acl_file\` names, with your region instead of \`north\`:

\`\`\`text
${mosquittoRules.trimEnd()}
\`\`\``;
