import { nodeHead } from "./node-head.ts";

export const pumpStationSite = (node: string, region: string): string => `\
${nodeHead("A pump station: three transmitters vote on the level, two pumps share the work.", node, region)}
devices:
  plc:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5025                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  level-1:                     # three transmitters of one level
    device: plc
    register: { kind: input, address: 0, scale: 0.001 }  # 1503 on the wire is 1.503
    unit: m
    range: [0, 5]              # outside, the sensor is broken and has no vote
    maxAge: 5s                 # older than this, it has none either
    frozen: 10m                # water is never quite still
  level-2:
    device: plc
    register: { kind: input, address: 1, scale: 0.001 }
    unit: m
    range: [0, 5]
    maxAge: 5s
    frozen: 10m
  level-3:
    device: plc
    register: { kind: input, address: 2, scale: 0.001 }
    unit: m
    range: [0, 5]
    maxAge: 5s
    frozen: 10m
  flow:                        # recorded only, as the currents are
    device: plc
    register: { kind: input, address: 3, scale: 0.1 }
    unit: m3/h
    range: [0, 150]
  current-1:
    device: plc
    register: { kind: input, address: 4, scale: 0.1 }
    unit: A
    range: [0, 60]
  current-2:
    device: plc
    register: { kind: input, address: 5, scale: 0.1 }
    unit: A
    range: [0, 60]
  fault-1:                     # 1 while the motor's own protection keeps it off
    device: plc
    register: { kind: discrete, address: 0 }
    range: [0, 1]
  fault-2:
    device: plc
    register: { kind: discrete, address: 1 }
    range: [0, 1]
  overflow:                    # 1 while water runs over the brim
    device: plc
    register: { kind: discrete, address: 2 }
    range: [0, 1]

signals:                       # computed from the inputs
  level:
    kind: vote                 # the median of those that are good
    of: [level-1, level-2, level-3]
    maxDeviation: 0.3 m        # who is farther from it is left out
    least: 2                   # one alone is not believed
    unit: m

outputs:
  pump-1:
    device: plc
    register: { kind: coil, address: 0 }
    safe: 0
    onSensorBad: cycle 4m on 8m off  # by the clock, for what runs in does not wait
    onPartition: keep
    onAgentLoss: safe
    minOn: 1m                  # it runs at least so long, unless it runs dry
    minOff: 2m                 # and rests at least so long, whoever asks: 20 starts in an hour
  pump-2:
    device: plc
    register: { kind: coil, address: 1 }
    safe: 0
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
    minOn: 1m
    minOff: 2m

drives:
  pumps:                       # from one demand to machines that run or stand
    kind: staging
    machines:
      - { output: pump-1, unavailable: fault-1 }  # the other one takes over at once
      - { output: pump-2, unavailable: fault-2 }
    most: 2                    # 1: one works, the other only stands by
    rotate: run-time           # the one that ran least starts first
    upDelay: 5s                # the demand has asked for one more for so long
    downDelay: 2s

loops:
  emptying:
    kind: pid                  # without an integralTime: so much demand for so much water
    input: level
    output: pumps
    action: direct             # more water means more pumps
    setpoint: 0.6 m            # the demand is 0 here
    bounds: [0.5 m, 1.2 m]     # a setpoint outside is refused, whoever sends it
    gain: 0.5                  # one pump from 1.35 m until 0.85 m, two from 2.35 m until 1.85 m
    period: 1s                 # how often the loop decides

interlocks:                    # nothing is stronger; the first that tripped is named
  dry-run:
    trip: level < 0.4
    delay: 2s
    onBad: ignore              # the pumps have a protection of their own
    force: { pump-1: 0, pump-2: 0 }
    reset: after 2m
  high-level:
    trip: level > 3.5
    delay: 5s
    onBad: ignore              # see the next one
    force: { pump-1: 1, pump-2: 1 }
    reset: after 1m
  overflow:                    # by itself: a rule that also named the level would be blind with it
    trip: overflow > 0
    delay: 5s
    onBad: ignore
    force: { pump-1: 1, pump-2: 1 }
    reset: after 1m

simulation:                    # for holdfast devices: tries all of this without hardware
  plc:
    plant: pump-station
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      level-1: level-1
      level-2: level-2
      level-3: level-3
      flow: flow
      current-1: current-1
      current-2: current-2
      fault-1: fault-1
      fault-2: fault-2
      overflow: overflow
      pump-1: pump-1
      pump-2: pump-2
`;
