/** One thing that a doctor looked at. */
export interface Check {
  readonly name: string;
  /** skipped: it cannot be judged, and `evidence` says why. */
  readonly result: "ok" | "warning" | "failed" | "skipped";
  readonly evidence: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

export const passed = (name: string, evidence: string): Check => ({
  name,
  result: "ok",
  evidence,
  remedy: "",
});

export const failed = (name: string, evidence: string, remedy: string): Check => ({
  name,
  result: "failed",
  evidence,
  remedy,
});

export const warned = (name: string, evidence: string, remedy: string): Check => ({
  name,
  result: "warning",
  evidence,
  remedy,
});

export const skipped = (name: string, evidence: string): Check => ({
  name,
  result: "skipped",
  evidence,
  remedy: "",
});
