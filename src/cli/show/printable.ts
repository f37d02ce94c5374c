/** A report comes over a network: none of its texts may steer the terminal it is shown on. */
export function printable<T>(report: T): T {
  if (typeof report === "string") return report.replace(steering, "\ufffd") as T;
  if (Array.isArray(report)) return report.map(printable) as T;
  if (report === null || typeof report !== "object") return report;
  const entries = Object.entries(report).map(([key, value]) => [key, printable(value)]);
  return Object.fromEntries(entries) as T;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are replaced
const steering = /[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
