import type { NodeConfig } from "#src/contract/config.ts";
import type { Reading } from "#src/contract/image.ts";
import type { Clock } from "#src/ports/clock.ts";
import type { DeviceEvents, Devices } from "#src/ports/devices.ts";
import { modbusDevices } from "./modbus-device.ts";
import { mqttDevices } from "./mqtt-device.ts";

const drivers = { "modbus-tcp": modbusDevices, mqtt: mqttDevices } as const;

/** All devices of a node, each over its own driver. */
export function fieldDevices(parts: {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly events: DeviceEvents;
}): Devices {
  const { devices, inputs, outputs } = parts.config;
  const used = new Set(Object.values(devices).map(({ driver }) => driver));
  const open = [...used].map((driver) => ({ driver, devices: drivers[driver](parts) }));
  const [only] = open;
  if (only === undefined) return modbusDevices(parts);
  if (open.length === 1) return only.devices;
  const ownerOf = ({ device }: { readonly device: string }): number =>
    open.findIndex(({ driver }) => driver === devices[device]?.driver);
  const inputOwners = Object.values(inputs).map(ownerOf);
  const outputOwners = Object.values(outputs).map(ownerOf);
  return {
    image() {
      const images = open.map((one) => one.devices.image());
      const pick = (owners: readonly number[], list: "inputs" | "outputs"): readonly Reading[] =>
        owners.map((owner, index) => images[owner]?.[list][index] as Reading);
      return { inputs: pick(inputOwners, "inputs"), outputs: pick(outputOwners, "outputs") };
    },
    write: (output, value) => open[outputOwners[output] ?? -1]?.devices.write(output, value),
    async close() {
      await Promise.all(open.map((one) => one.devices.close()));
    },
  };
}
