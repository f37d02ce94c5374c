import { nodeHead } from "./node-head.ts";

export const hvacTwoZoneSite = (node: string, region: string): string => `\
${nodeHead("An air handler for two zones: a heating valve and a cooling valve with setpoints of their own.", node, region)}
devices:
  ahu:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5022                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  zone-1:                      # what both loops hold
    device: ahu
    register: { kind: input, address: 0, scale: 0.01 }  # 2150 on the wire is 21.5
    unit: degC
    range: [-20, 60]           # outside, the sensor is broken and is not controlled on
    maxAge: 10s                # older than this, it is not controlled on either
  zone-2:                      # recorded only: no loop uses the inputs from here on
    device: ahu
    register: { kind: input, address: 1, scale: 0.01 }
    unit: degC
    range: [-20, 60]
  supply-air:
    device: ahu
    register: { kind: input, address: 2, scale: 0.01 }
    unit: degC
    range: [-20, 80]
  outdoor:
    device: ahu
    register: { kind: input, address: 3, scale: 0.01 }
    unit: degC
    range: [-50, 60]
  fan-status:                  # 1 while air flows
    device: ahu
    register: { kind: discrete, address: 0 }
    range: [0, 1]

outputs:
  heating:
    device: ahu
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 0 %                  # shut when zone-1 cannot be trusted
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  cooling:
    device: ahu
    register: { kind: holding, address: 1, scale: 0.1 }
    unit: "%"
    bounds: [0 %, 100 %]
    safe: 0 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  fan:                         # no loop drives it: it stays at its safe value, which is on
    device: ahu
    register: { kind: holding, address: 2, scale: 0.1 }
    unit: "%"
    bounds: [0 %, 100 %]
    safe: 70 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  damper-1:
    device: ahu
    register: { kind: holding, address: 3, scale: 0.1 }
    unit: "%"
    bounds: [20 %, 100 %]      # a shut damper would strain the duct
    safe: 100 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  damper-2:
    device: ahu
    register: { kind: holding, address: 4, scale: 0.1 }
    unit: "%"
    bounds: [20 %, 100 %]
    safe: 100 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe

loops:
  heating:
    kind: pid
    input: zone-1
    output: heating
    action: reverse            # colder than the setpoint means more output
    setpoint: 20.5 degC        # in force while nobody with authority says otherwise
    safeSetpoint: 18 degC      # in force once the autonomy budget is spent
    bounds: [16 degC, 22 degC] # ends below where cooling begins: the two never fight
    gain: 10                   # % of the valve for each degree
    integralTime: 15m          # removes what is left of the error
    period: 5s                 # how often the loop decides
  cooling:
    kind: pid
    input: zone-1
    output: cooling
    action: direct             # warmer than the setpoint means more output
    setpoint: 24 degC
    safeSetpoint: 26 degC
    bounds: [23 degC, 28 degC]
    gain: 10
    integralTime: 15m
    period: 5s

simulation:                    # for holdfast devices: tries all of this without hardware
  ahu:
    plant: hvac-two-zone
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      zone-1: zone-1
      zone-2: zone-2
      supply-air: supply-air
      outdoor: outdoor
      fan-status: fan-status
      heating: heating
      cooling: cooling
      fan: fan
      damper-1: damper-1
      damper-2: damper-2
`;
