import { unreachable } from "#src/base/assert.ts";
import { isId } from "#src/base/id.ts";

/**
 * Who a connection is, said by its MQTT client id. Access rules go by it; a broker with accounts
 * must see to it that nobody takes another's.
 *
 * CI1  principalOf(clientIdOf(principal)) = principal, whatever its ids.
 * CI2  No other text names a principal.
 */
export type Principal =
  | { readonly kind: "node"; readonly region: string; readonly node: string }
  | { readonly kind: "region"; readonly region: string; readonly controller: string }
  /** Sends one message to itself and leaves. `probe` is an id of at most 26 characters. */
  | { readonly kind: "probe"; readonly probe: string };

export function clientIdOf(principal: Principal): string {
  switch (principal.kind) {
    case "node":
      return `node:${principal.region}:${principal.node}`;
    case "region":
      return `region:${principal.region}:${principal.controller}`;
    case "probe":
      // An id as a whole, so that it can be a level of the probe's topic.
      return `${probePrefix}${principal.probe}`;
    default:
      return unreachable(principal, "kind of principal");
  }
}

export const nodeClientId = (region: string, node: string): string =>
  clientIdOf({ kind: "node", region, node });

export const regionClientId = (region: string, controller: string): string =>
  clientIdOf({ kind: "region", region, controller });

export function principalOf(clientId: string): Principal | undefined {
  if (isId(clientId)) return probeOf(clientId);
  const [kind, region = "", name = "", ...more] = clientId.split(":");
  if (more.length > 0 || !isId(region) || !isId(name)) return undefined;
  if (kind === "node") return { kind, region, node: name };
  if (kind === "region") return { kind, region, controller: name };
  return undefined;
}

const probePrefix = "probe-";

function probeOf(clientId: string): Principal | undefined {
  if (!clientId.startsWith(probePrefix)) return undefined;
  const probe = clientId.slice(probePrefix.length);
  return isId(probe) ? { kind: "probe", probe } : undefined;
}
