/** What every node's file begins with. */
export const nodeHead = (what: string, node: string, region: string): string => `\
# ${what}
# Every key is explained in docs/configuration.md. See what is wrong: holdfast run --check

role: node
${`node: "${node}"`.padEnd(30)} # this node's id, unique in its region
${`region: "${region}"`.padEnd(30)} # the region it belongs to

uplink:                        # without an uplink the node works by itself for ever
  url: mqtt://127.0.0.1:1883   # the region's broker

autonomy:
  budget: 12h                  # alone for longer than this, loops go to their safeSetpoint
`;
