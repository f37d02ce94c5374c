export const regionSite = (region: string): string => `\
# A region controller with the embedded broker.
# Every key is explained in docs/configuration.md. See what is wrong: holdfast run --check

role: region
${`region: "${region}"`.padEnd(30)} # the nodes of this region say the same name
controller: controller-1       # its name in the lease; a second controller needs another

broker:
  listen:                      # for another broker write url: mqtt://host:port instead
    host: 127.0.0.1            # it does not ask who connects: beyond this machine only in a closed network
    port: 1883                 # what uplink.url of the nodes names

lease:                         # the region's authority over its nodes ends by itself
  ttl: 10s                     # a node obeys this long after the last renewal it heard
  renew: 3s                    # and hears one this often
`;
