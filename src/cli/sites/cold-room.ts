import { nodeHead } from "./node-head.ts";

export const coldRoomSite = (node: string, region: string): string => `\
${nodeHead("A cold room: one compressor, one evaporator fan, and a defrost three times a day.", node, region)}
devices:
  plc:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5020                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  room-air:                    # what the cooling loop holds
    device: plc
    register: { kind: input, address: 0, scale: 0.01 }  # 412 on the wire is 4.12
    unit: degC
    range: [-40, 60]           # outside, the sensor is broken and is not controlled on
    maxAge: 5s                 # older than this, it is not controlled on either
  product:                     # recorded only, as those are that no loop uses
    device: plc
    register: { kind: input, address: 1, scale: 0.01 }
    unit: degC
    range: [-40, 60]
  evaporator:
    device: plc
    register: { kind: input, address: 2, scale: 0.01 }
    unit: degC
    range: [-60, 60]
  ambient:
    device: plc
    register: { kind: input, address: 3, scale: 0.01 }
    unit: degC
    range: [-40, 60]
  compressor-current:
    device: plc
    register: { kind: input, address: 4, scale: 0.01 }
    unit: A
    range: [0, 20]
  door:                        # 1 while it is open
    device: plc
    register: { kind: discrete, address: 0 }
    range: [0, 1]

signals:                       # computed, here from the clock alone
  warm-to:                     # where the evaporator is to be warmed to; -50 is nowhere
    kind: schedule
    zone: Europe/Berlin        # local time there, summer time and all
    default: -50 degC
    unit: degC
    at:
      - { from: "04:00", to: "04:20", value: 8 degC }
      - { from: "12:00", to: "12:20", value: 8 degC }
      - { from: "20:00", to: "20:20", value: 8 degC }

outputs:
  compressor:                  # a coil has the bounds 0 … 1
    device: plc
    register: { kind: coil, address: 0 }
    safe: 0                    # written when nothing better is known
    onSensorBad: cycle 6m on 14m off  # room-air cannot be trusted: keeps what is in there cool
    onPartition: keep
    onAgentLoss: safe          # written when this program stops, too
    minOn: 2m                  # the compressor runs at least this long
    minOff: 3m                 # and rests at least this long, whoever asks
  fan:                         # no loop drives it: it stays at its safe value, but while it defrosts
    device: plc
    register: { kind: coil, address: 1 }
    safe: 1
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  defrost:                     # the heater at the evaporator
    device: plc
    register: { kind: coil, address: 2 }
    safe: 0                    # without its sensor it stays off
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe

loops:
  cooling:
    kind: on-off
    input: room-air
    output: compressor
    action: direct             # warmer than the setpoint means more output
    setpoint: 4 degC           # in force while nobody with authority says otherwise
    safeSetpoint: 3 degC       # in force once the autonomy budget is spent
    bounds: [2 degC, 8 degC]   # a setpoint outside is refused, whoever sends it
    deadband: 1 degC           # on above 4.5, off below 3.5
    period: 1s                 # how often the loop decides
  defrosting:
    kind: on-off
    input: evaporator
    output: defrost
    follow: warm-to            # heats while its time is, and only up to there
    action: reverse
    setpoint: -50 degC         # without the clock: never
    bounds: [-50 degC, 12 degC]
    deadband: 4 degC
    period: 1s

interlocks:                    # nothing is stronger
  defrost-time:
    trip: warm_to > 0 || defrost > 0  # in a rule an id has _ where it has -
    tell: false                # this is no trouble, and happens three times a day
    force: { compressor: 0, fan: 0 }
    reset: after 3m            # what melted drips off before the fan blows again
  defrost-hot:                 # whoever asked for the heater, a hand too
    trip: evaporator > 20
    force: { defrost: 0 }
    reset: after 10m
  defrost-long:                # a defrost by the clock is over long before
    trip: defrost > 0
    delay: 30m
    force: { defrost: 0 }
    reset: after 30m           # meanwhile it cools

simulation:                    # for holdfast devices: tries all of this without hardware
  plc:
    plant: cold-room
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      room-air: room-air
      product: product
      evaporator: evaporator
      ambient: ambient
      compressor-current: compressor-current
      door: door
      compressor: compressor
      fan: fan
      defrost: defrost
`;
