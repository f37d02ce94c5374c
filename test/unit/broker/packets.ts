/** MQTT 3.1.1 packets from a client, byte by byte; malformed ones too. */
type Bytes = readonly number[] | Uint8Array;

export const packet = (first: number, ...parts: Bytes[]): Uint8Array => {
  const body = parts.flatMap((part) => [...part]);
  return Uint8Array.from([first, ...sizeOf(body.length), ...body]);
};

/** Seven bits a byte, least first. */
export function sizeOf(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

export const uint16 = (value: number): number[] => [value >> 8, value & 0xff];

export const text = (said: string | Bytes): number[] => {
  const bytes = typeof said === "string" ? new TextEncoder().encode(said) : said;
  return [...uint16(bytes.length), ...bytes];
};

interface Connect {
  readonly clientId?: string;
  readonly clean?: boolean;
  readonly keepalive?: number;
  readonly version?: number;
  readonly will?: { readonly topic: string; readonly retain?: boolean };
}

export function connect(of: Connect = {}): Uint8Array {
  const { clientId = "node:north:n1", clean = true, keepalive = 30, version = 4, will } = of;
  const willFlags = will === undefined ? 0 : 0x04 | 0x08 | (will.retain ? 0x20 : 0);
  return packet(
    0x10,
    text(version === 3 ? "MQIsdp" : "MQTT"),
    [version, (clean ? 0x02 : 0) | willFlags],
    uint16(keepalive),
    version === 5 ? [0] : [],
    text(clientId),
    will === undefined ? [] : [...text(will.topic), ...text("{}")],
  );
}

interface Publish {
  readonly topic: string | Bytes;
  readonly payload?: string | Bytes;
  readonly qos?: number;
  readonly id?: number;
  readonly retain?: boolean;
  readonly again?: boolean;
}

export function publish(of: Publish): Uint8Array {
  const { topic, payload = "{}", qos = 0, id = 1, retain = false, again = false } = of;
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const first = 0x30 | (again ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
  return packet(first, text(topic), qos > 0 ? uint16(id) : [], bytes);
}

export const subscribe = (filters: readonly (string | Bytes)[], id = 1, qos = 1): Uint8Array =>
  packet(0x82, uint16(id), ...filters.map((filter) => [...text(filter), qos]));

export const unsubscribe = (filters: readonly (string | Bytes)[], id = 1): Uint8Array =>
  packet(0xa2, uint16(id), ...filters.map(text));

export const puback = (id: number): Uint8Array => packet(0x40, uint16(id));
export const pubrec = (id: number): Uint8Array => packet(0x50, uint16(id));
export const pubrel = (id: number): Uint8Array => packet(0x62, uint16(id));
export const pubcomp = (id: number): Uint8Array => packet(0x70, uint16(id));
export const pingreq: Uint8Array = packet(0xc0);
export const disconnect: Uint8Array = packet(0xe0);

export const stream = (...packets: readonly Bytes[]): Uint8Array =>
  Uint8Array.from(packets.flatMap((one) => [...one]));
