import { channels, probeTopic } from "#src/contract/topics.ts";

/** The user name under which a region controller logs in; no node can have it as its id. */
export const regionUser = "_region";

/**
 * The same rules as a file for mosquitto's `acl_file`, for the broker of one region. A node logs in
 * under its id, the region controller under `regionUser`; who a user is, mosquitto's passwords or
 * certificates have to prove. Retained commands pass it: those are refused by who reads them.
 */
export function mosquittoAcl(region: string): string {
  const nodes = lines("pattern", region, "%u", { up: "write", down: "read" });
  const controller = lines("topic", region, "+", { up: "read", down: "write" });
  return [
    `# Access rules of region ${region}. User names: a node's id, ${regionUser} for its controller.`,
    ...nodes,
    `pattern readwrite ${filled(probeTopic.pattern, { probe: "%c" })}`,
    "",
    `user ${regionUser}`,
    ...controller,
    "",
  ].join("\n");
}

function lines(
  keyword: string,
  region: string,
  node: string,
  access: Readonly<Record<"up" | "down", string>>,
): string[] {
  return Object.values(channels).map(
    ({ topic, direction }) =>
      `${keyword} ${access[direction]} ${filled(topic.pattern, { region, node })}`,
  );
}

/** The pattern with these params; others are anything. */
const filled = (pattern: string, known: Readonly<Record<string, string>>): string =>
  pattern.replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? "+");
