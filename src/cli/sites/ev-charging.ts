import { nodeHead } from "./node-head.ts";

export const evChargingSite = (node: string, region: string): string => `\
${nodeHead("A yard of charging points: all cars together stay below what the connection bears.", node, region)}
devices:
  points:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5027                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 500ms                # inputs are read this often

inputs:
  grid-current:            # of the connection
    device: points
    register: { kind: input, address: 0, scale: 0.01 }
    unit: A
    range: [0, 250]
    maxAge: 3s                 # older than this, it is not controlled on
    frozen: 30s                # a current is never quite still
  base-current:            # of the building beside it
    device: points
    register: { kind: input, address: 1, scale: 0.01 }
    unit: A
    range: [0, 100]
  current-1:               # recorded only, as the others are
    device: points
    register: { kind: input, address: 2, scale: 0.01 }
    unit: A
    range: [0, 40]
  current-2:
    device: points
    register: { kind: input, address: 3, scale: 0.01 }
    unit: A
    range: [0, 40]
  current-3:
    device: points
    register: { kind: input, address: 4, scale: 0.01 }
    unit: A
    range: [0, 40]
  current-4:
    device: points
    register: { kind: input, address: 5, scale: 0.01 }
    unit: A
    range: [0, 40]
  plugged-1:                 # 1 while a car is there
    device: points
    register: { kind: discrete, address: 0 }
    range: [0, 1]
  plugged-2:
    device: points
    register: { kind: discrete, address: 1 }
    range: [0, 1]
  plugged-3:
    device: points
    register: { kind: discrete, address: 2 }
    range: [0, 1]
  plugged-4:
    device: points
    register: { kind: discrete, address: 3 }
    range: [0, 1]

signals:                       # computed from the inputs; in a rule an id has _ where it has -
  cars:
    kind: rule
    expression: "plugged_1 + plugged_2 + plugged_3 + plugged_4"
  fair-share:                  # of 32 A: what is left of 60 A, for each car alike
    kind: rule
    expression: "max(0, min(1, (60 - base_current) / (32 * max(1, cars))))"

outputs:
  limit-1:                 # of 32 A; a car waits below 6 A
    device: points
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 20 %
    onSensorBad: safe          # 6.4 A: slow, and safe with all four
    onPartition: keep
    onAgentLoss: safe
  limit-2:
    device: points
    register: { kind: holding, address: 1, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 20 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  limit-3:
    device: points
    register: { kind: holding, address: 2, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 20 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  limit-4:
    device: points
    register: { kind: holding, address: 3, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 20 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe

drives:
  sharing:                     # one demand, the same for each point
    kind: split-range
    to:
      - { output: limit-1, from: 0, to: 1 }
      - { output: limit-2, from: 0, to: 1 }
      - { output: limit-3, from: 0, to: 1 }
      - { output: limit-4, from: 0, to: 1 }

loops:
  connection:
    kind: pid
    input: grid-current
    output: sharing
    action: reverse            # less than the setpoint leaves more for the cars
    setpoint: 60 A             # in force while nobody with authority says otherwise
    safeSetpoint: 40 A         # in force once the autonomy budget is spent
    bounds: [20 A, 63 A]       # a setpoint outside is refused, whoever sends it
    gain: 0.004                # of the whole range, for each A
    schedule:                  # with fewer cars each must do more
      input: cars
      points: [{ at: 1, gain: 0.012 }, { at: 2, gain: 0.007 }, { at: 4, gain: 0.004 }]
    integralTime: 8s
    feedForward: { input: fair-share, gain: 1 }  # a car that comes is made room for at once
    period: 500ms              # how often the loop decides

interlocks:                    # nothing is stronger
  overload:
    trip: grid_current > 75
    delay: 10s
    onBad: ignore              # who does not see the meter offers the safe 20 %
    force: { limit-1: 0 %, limit-2: 0 %, limit-3: 0 %, limit-4: 0 % }
    reset: after 2m

simulation:                    # for holdfast devices: tries all of this without hardware
  points:
    plant: ev-charging
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      grid-current: grid-current
      base-current: base-current
      current-1: current-1
      current-2: current-2
      current-3: current-3
      current-4: current-4
      plugged-1: plugged-1
      plugged-2: plugged-2
      plugged-3: plugged-3
      plugged-4: plugged-4
      limit-1: limit-1
      limit-2: limit-2
      limit-3: limit-3
      limit-4: limit-4
`;
