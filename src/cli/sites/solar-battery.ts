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

loops:                         # three at one meter; their setpoints lie apart, so that they never fight
  charging:
    kind: pid
    input: grid-power
    output: charge
    action: reverse            # less than the setpoint (more is sold) means more charging
    setpoint: -0.05 kW         # in force while nobody with authority says otherwise
    bounds: [-3 kW, 3 kW]      # a setpoint outside is refused, whoever sends it
    gain: 5                    # % for each kW
    integralTime: 4s
    period: 500ms              # how often the loop decides
  discharging:
    kind: pid
    input: grid-power
    output: discharge
    action: direct             # more than the setpoint (more is bought) means more discharging
    setpoint: 0.1 kW
    bounds: [-3 kW, 3 kW]
    gain: 5
    integralTime: 4s
    period: 500ms
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
  battery-low:                 # what is left keeps the house for an hour without a grid
    trip: soc < 10
    tell: false                # this is no trouble, and happens every night
    force: { discharge: 0 % }
    reset: after 5m

simulation:                    # for holdfast devices: tries all of this without hardware
  inverter:
    plant: solar-battery
    speed: 1                   # 60 lets an hour pass in a minute
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
