/** What went wrong with a connection to a broker, in words that follow "no connection to …:". */
export function sayMqttError(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  const known =
    typeof code === "number" ? returnCodes[code] : (socketErrors[String(code)] ?? undefined);
  return known ?? messages[message ?? ""] ?? message ?? String(error);
}

/** CONNACK return codes of MQTT 3.1.1. */
const returnCodes: Readonly<Record<number, string>> = {
  1: "it does not speak MQTT 3.1.1",
  2: "it does not accept this client id",
  3: "it is not available",
  4: "it does not accept this user name or password",
  5: "it does not let this client in",
  6: "it does not accept this keepalive",
};

const socketErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it broke the connection off",
  EPIPE: "it broke the connection off",
  EHOSTUNREACH: "there is no way to this host",
  ENETUNREACH: "there is no way to this network",
  ENOTFOUND: "no host has this name",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "the connection timed out",
};

/** What the driver says of itself. */
const messages: Readonly<Record<string, string>> = {
  "Keepalive timeout": "it does not answer any more",
  "connack timeout": "it did not answer within 5 s",
};
