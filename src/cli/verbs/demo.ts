import { type DemoOptions, demo as play } from "../demo/demo.ts";
import { giveOrder, type Order, orderSocket } from "../demo/orders.ts";
import { exit } from "../exit.ts";
import type { Shell } from "../shell.ts";

export const demo = (shell: Shell, options: DemoOptions): Promise<number> => play(shell, options);

/** Orders something of the demo that runs in another terminal. */
export async function askDemo({ powers, terminal }: Shell, order: Order): Promise<number> {
  terminal.print(await giveOrder(orderSocket(powers.runtimeFolder(powers.env)), order));
  return exit.ok;
}
