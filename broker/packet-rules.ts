import { limits } from "#src/contract/limits.ts";

/**
 * What a well-formed packet from a client looks like: MQTT 3.1.1, sections 2.2 and 3. The parser
 * behind us is more lenient than the standard.
 *
 * PK1  Texts are strict UTF-8 without NUL and other control characters, and never empty.
 * PK2  A packet that needs a packet id has one, and it is not 0.
 */
export const connectType = 1;
export const publishType = 3;
export const disconnectType = 14;

/** What may follow the fixed header. */
type Body = "connect" | "publish" | "id" | "filters" | "filters-with-qos" | "empty";

/** By packet type; the others come from a broker, or are not there. `undefined` flags may be any. */
const fromClients: Readonly<Record<number, { readonly flags?: number; readonly body: Body }>> = {
  [connectType]: { flags: 0, body: "connect" },
  [publishType]: { body: "publish" },
  4: { flags: 0, body: "id" },
  5: { flags: 0, body: "id" },
  6: { flags: 2, body: "id" },
  7: { flags: 0, body: "id" },
  8: { flags: 2, body: "filters-with-qos" },
  10: { flags: 2, body: "filters" },
  12: { flags: 0, body: "empty" },
  [disconnectType]: { flags: 0, body: "empty" },
};

/** What is wrong with the first byte of a packet. */
export function headFault(type: number, flags: number): string | undefined {
  const known = fromClients[type];
  if (known === undefined) return `a client sends no packet of type ${type}`;
  if (type === publishType) return publishFlagsFault(flags);
  return flags === known.flags ? undefined : `flags ${flags} in a packet of type ${type}`;
}

function publishFlagsFault(flags: number): string | undefined {
  const qos = (flags >> 1) & 3;
  if (qos === 3) return "a PUBLISH with QoS 3";
  if (qos === 0 && flags & 8) return "a PUBLISH with QoS 0 that says it comes again";
  return undefined;
}

/**
 * What is wrong behind the fixed header. `length` is how much there will be, `bytes` what is there;
 * "unfinished" asks for more of it.
 */
export function bodyFault(
  type: number,
  flags: number,
  bytes: Uint8Array,
  length: number,
): string | undefined {
  const body = fromClients[type]?.body;
  if (body === "publish") return publishFault((flags & 6) !== 0, bytes, length);
  if (bytes.length < length) return "unfinished";
  switch (body) {
    case "empty":
      return length === 0 ? undefined : `a packet of type ${type} with ${length} bytes too many`;
    case "id":
      if (length !== 2) return `a packet of type ${type} with ${length} bytes instead of 2`;
      return uint16(bytes, 0) === 0 ? idIsZero : undefined;
    case "filters":
      return filtersFault(bytes, 0);
    case "filters-with-qos":
      return filtersFault(bytes, 1);
    default:
      // The parser reads CONNECT, access rules judge every text in it.
      return undefined;
  }
}

const idIsZero = "the packet id is 0";

function publishFault(hasId: boolean, bytes: Uint8Array, length: number): string | undefined {
  const wanted = hasId ? 2 : 0;
  if (length < 2 + wanted) return "a PUBLISH too short for its topic";
  if (bytes.length < 2) return "unfinished";
  const size = uint16(bytes, 0);
  const end = 2 + size + wanted;
  if (end > length) return "a topic longer than its packet";
  // Before it is all there, so that nobody makes us wait for 64 KiB of topic.
  if (size > limits.topicBytes) return tooLong(size);
  if (bytes.length < end) return "unfinished";
  const fault = topicFault(bytes.subarray(2, 2 + size));
  if (fault !== undefined) return fault;
  return hasId && uint16(bytes, 2 + size) === 0 ? idIsZero : undefined;
}

/** Filters behind a packet id, each with `extra` bytes that say its QoS. */
function filtersFault(bytes: Uint8Array, extra: 0 | 1): string | undefined {
  if (bytes.length < 2) return "a packet too short for its packet id";
  if (uint16(bytes, 0) === 0) return idIsZero;
  if (bytes.length === 2) return "a packet without filters";
  let at = 2;
  while (at < bytes.length) {
    if (bytes.length < at + 2) return "a filter cut off";
    const start = at + 2;
    const end = start + uint16(bytes, at);
    if (end + extra > bytes.length) return "a filter longer than its packet";
    const fault = filterFault(bytes.subarray(start, end));
    if (fault !== undefined) return fault;
    if (extra === 1 && (bytes[end] ?? 0) > 2) return `QoS ${bytes[end]} in a subscription`;
    at = end + extra;
  }
  return undefined;
}

function topicFault(bytes: Uint8Array): string | undefined {
  const text = textOf(bytes);
  if ("fault" in text) return text.fault;
  return /[+#]/.test(text.said) ? "a topic with wildcards" : undefined;
}

function filterFault(bytes: Uint8Array): string | undefined {
  const text = textOf(bytes);
  if ("fault" in text) return text.fault;
  const levels = text.said.split("/");
  const isSound = levels.every(
    (level, at) =>
      !/[+#]/.test(level) || level === "+" || (level === "#" && at === levels.length - 1),
  );
  return isSound ? undefined : "a filter with a wildcard inside a level";
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

function textOf(bytes: Uint8Array): { readonly said: string } | { readonly fault: string } {
  if (bytes.length === 0) return { fault: "an empty topic" };
  if (bytes.length > limits.topicBytes) return { fault: tooLong(bytes.length) };
  let said: string;
  try {
    said = strict.decode(bytes);
  } catch {
    // The decoder has nothing more to say about it.
    return { fault: "a topic that is not UTF-8" };
  }
  if (control.test(said)) return { fault: "a topic with control characters" };
  const slashes = said.split("/").length - 1;
  if (slashes <= limits.topicSlashes) return { said };
  return { fault: `a topic with ${slashes} slashes, more than ${limits.topicSlashes}` };
}

const tooLong = (bytes: number): string =>
  `a topic of ${bytes} bytes, more than ${limits.topicBytes}`;

const uint16 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
