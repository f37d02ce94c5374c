import fc from "fast-check";
import { expect, test } from "vitest";
import { limits } from "#src/contract/limits.ts";
import { CreditSender } from "#src/runtime/credit-sender.ts";

test("CR1, CR2: nothing is lost unsaid, order is kept, and both queues are bounded", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 2_000 }), (steps) => {
      const posted: number[] = [];
      const shed: number[] = [];
      let acked = 0;
      let sent = 0;
      const sender = new CreditSender<number>(
        (message) => posted.push(message),
        (message) => shed.push(message),
      );
      for (const send of steps) {
        if (send) {
          sender.send(sent);
          sent += 1;
        } else if (acked < posted.length) {
          sender.acked();
          acked += 1;
        }
        expect(posted.length - acked).toBeLessThanOrEqual(limits.channelMessages);
        expect(sent - posted.length - shed.length).toBeLessThanOrEqual(limits.channelWaiting);
      }
      expect(posted).toEqual([...posted].sort((a, b) => a - b));
      while (acked < posted.length) {
        sender.acked();
        acked += 1;
      }
      expect([...posted, ...shed].sort((a, b) => a - b)).toEqual(
        Array.from({ length: sent }, (_, i) => i),
      );
    }),
  );
});

test("CR2: a receiver that takes nothing costs the oldest", () => {
  const shed: number[] = [];
  const sender = new CreditSender<number>(
    () => {},
    (message) => shed.push(message),
  );
  for (let i = 0; i < limits.channelMessages + limits.channelWaiting + 3; i += 1) sender.send(i);
  expect(shed).toEqual([0, 1, 2].map((i) => i + limits.channelMessages));
});
