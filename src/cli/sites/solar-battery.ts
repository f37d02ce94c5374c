import { nodeHead } from "./node-head.ts";

export const solarBatterySite = (node: string, region: string): string => `\
${nodeHead("A house with solar cells and a battery: no kilowatt is bought or sold that the battery can carry.", node, region)}
devices:
  inverter:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5026                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 500ms                # inputs are read this often

inputs:
  grid-power:              # at the meter: + is bought, - is sold
    device: inverter
    register: { kind: input, address: 0, scale: 0.001 }
    unit: kW
    range: [-20, 30]
    maxAge: 3s                 # older than this, it is not controlled on
  pv-power:                # recorded only, as the next two are
    device: inverter
    register: { kind: input, address: 1, scale: 0.001 }
    unit: kW
    range: [0, 12]
  load-power:
    device: inverter
    register: { kind: input, address: 2, scale: 0.001 }
    unit: kW
    range: [0, 20]
  battery-power:
    device: inverter
    register: { kind: input, address: 3, scale: 0.001 }
    unit: kW
    range: [-8, 8]
  soc:                     # what is in the battery
    device: inverter
    register: { kind: input, address: 4, scale: 0.01 }
    unit: "%"
    range: [0, 100]
  battery-temperature:
    device: inverter
    register: { kind: input, address: 5, scale: 0.01 }
    unit: degC
    range: [-20, 80]

outputs:
  charge:                  # of the converter's 5 kW
    device: inverter
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 0 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  discharge:               # the same, the other way
    device: inverter
    register: { kind: holding, address: 1, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 0 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  curtail:                 # of the sun, thrown away: nobody sells who does not see the meter
    device: inverter
    register: { kind: holding, address: 2, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 100 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe

drives:
  battery:                     # one demand: it cannot ask for both ways at once
    kind: split-range
    to:
      - { output: discharge, from: 0.49, to: 0 }
      - { output: charge, from: 0.51, to: 1 }

loops:                         # two at one meter; their bounds lie apart, so that they never fight
  storing:
    kind: pid
    input: grid-power
    output: battery
    action: reverse            # less than the setpoint (more is sold) means more charging
    setpoint: 0 kW             # in force while nobody with authority says otherwise
    bounds: [-0.5 kW, 3 kW]    # a setpoint outside is refused, whoever sends it
    gain: 0.025                # of the whole range, for each kW
    integralTime: 4s
    period: 500ms              # how often the loop decides
  export-limit:
    kind: pid
    input: grid-power
    output: curtail
    action: reverse
    setpoint: -4 kW            # what the grid may be sold at most
    safeSetpoint: -2 kW        # in force once the autonomy budget is spent
    bounds: [-8 kW, -1 kW]
    gain: 5
    integralTime: 6s
    period: 500ms

interlocks:                    # nothing is stronger
  battery-hot:
    trip: battery_temperature > 45  # in a rule an id has _ where it has -
    delay: 5s
    force: { charge: 0 %, discharge: 0 % }
    reset: after 15m
  battery-cold:                # charged in frost, it is damaged for good; it may give
    trip: battery_temperature < 2
    delay: 5s
    force: { charge: 0 % }
    reset: after 15m
  battery-full:                # takes no more: the loop must not ask for it in vain
    trip: soc > 99
    tell: false                # this is no trouble either
    onBad: ignore              # the battery ends its charging by itself
    force: { charge: 0 % }
    reset: after 1m
  both-ways:                   # two hands: the drive itself never asks for both
    trip: charge > 1 && discharge > 1
    delay: 3s
    force: { charge: 0 %, discharge: 0 % }
    reset: after 15m
  battery-low:                 # what is left keeps the house for an hour without a grid
    trip: soc < 10
    tell: false                # this is no trouble, and happens every night
    force: { discharge: 0 % }
    reset: after 5m

simulation:                    # for holdfast devices: tries all of this without hardware
  inverter:
    plant: solar-battery
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      grid-power: grid-power
      pv-power: pv-power
      load-power: load-power
      battery-power: battery-power
      soc: soc
      battery-temperature: battery-temperature
      charge: charge
      discharge: discharge
      curtail: curtail
`;
