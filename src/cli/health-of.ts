import type { NodeStatus, RegionStatus } from "#src/contract/query.ts";

/**
 * What keeps an instance from doing its job; empty when it does it. Being cut off is not illness:
 * an autonomous node does what it is for.
 */
export function illsOf(status: NodeStatus | RegionStatus): string[] {
  return status.role === "node" ? nodeIlls(status) : regionIlls(status);
}

function nodeIlls({ control, buffer }: NodeStatus): string[] {
  const ills: string[] = [];
  if (control === null) {
    ills.push("the control thread gives no answer");
  } else {
    if (control.mode === "safe") ills.push(`it holds its safe setpoints: ${control.reason}`);
    for (const loop of control.loops) {
      const input = control.inputs.find((one) => one.input === loop.input);
      if (input?.quality !== "good") {
        ills.push(
          `loop ${loop.loop} has no good input: ${loop.input} is ${input?.quality ?? "unknown"}`,
        );
      }
    }
  }
  if (buffer.store !== "ok") ills.push(`${buffer.store.code}: ${buffer.store.message}`);
  return ills;
}

function regionIlls({ broker, lease }: RegionStatus): string[] {
  return [
    ...(broker.state === "up" ? [] : [`the broker at ${broker.url} is down: ${broker.why}`]),
    ...(lease.held ? [] : [`it does not hold the lease: ${lease.why}`]),
  ];
}
