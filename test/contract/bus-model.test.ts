import { millis, wallTime } from "#src/base/units.ts";
import { clientIdOf, type Principal } from "#src/contract/client-id.ts";
import type { Bus, BusEvents } from "#src/ports/bus.ts";
import { later } from "#src/sim/moment.ts";
import { brokerParts, SimBroker } from "#src/sim/sim-broker.ts";
import { SimBus } from "#src/sim/sim-bus.ts";
import { SimMachine } from "#src/sim/sim-machine.ts";
import { SimNetwork } from "#src/sim/sim-network.ts";
import { World } from "#src/sim/world.ts";
import { type BusWorld, busContract, contractKeepalive } from "./bus.contract.ts";

busContract("the model", async (): Promise<BusWorld> => {
  const world = new World(11);
  const network = new SimNetwork(world);
  const broker = new SimBroker(brokerParts(world, "mqtt://model"));
  const absent = new SimBroker(brokerParts(world, "mqtt://nowhere"));
  absent.crash("killed");
  let lines = 0;
  const busTo = (to: SimBroker, who: Principal, events: BusEvents) => {
    lines += 1;
    const place = `line-${lines}`;
    const process = new SimMachine(world, wallTime(0)).spawn();
    const path = network.path(place, to.url);
    const keepalive = millis(contractKeepalive);
    const clientId = clientIdOf(who);
    return {
      place,
      bus: new SimBus({ process, path, broker: to, clientId, keepalive, seed: lines, events }),
    };
  };
  const pass = (length: number): void => world.run(later(world.now, millis(length)));
  return {
    judges: true,
    bus: async (who, events) => {
      const { place, bus } = busTo(broker, who, events);
      const inTime: Bus = {
        open: (session) => bus.open(session),
        publish: (message) => bus.publish(message),
        close: async () => {
          await bus.close();
          pass(100);
        },
      };
      return {
        bus: inTime,
        cut: () => bus.sever(),
        freeze: () => network.cut(place, broker.url, "both"),
      };
    },
    nowhere: (who, events) => busTo(absent, who, events).bus,
    say: async (who, packet) => {
      const { bus } = busTo(broker, who, {
        up: () => void bus.publishPacket(packet),
        down: () => {},
        message: () => {},
        refused: () => {},
      });
      bus.open({ will: undefined, subscriptions: [] });
      pass(100);
      void bus.close();
      pass(100);
    },
    until: async (holds) => {
      const end = world.now + 10_000;
      while (!holds()) {
        if (world.now > end) throw new Error(`it does not come to hold: ${holds}`);
        pass(1);
      }
    },
    pass: async () => pass(150),
    now: () => world.now,
    end: async () => {},
  };
});
