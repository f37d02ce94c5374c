import { nodeHead } from "./node-head.ts";

export const refrigerationRackSite = (node: string, region: string): string => `\
${nodeHead("A refrigeration rack: two compressors share one suction pressure, a fan holds the discharge.", node, region)}
devices:
  rack:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5023                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  suction-pressure:            # absolute, as all pressures here
    device: rack
    register: { kind: input, address: 0, scale: 0.01 }  # 380 on the wire is 3.8
    unit: bar
    range: [0, 10]             # outside, the sensor is broken and is not controlled on
    maxAge: 5s                 # older than this, it is not controlled on either
  discharge-pressure:
    device: rack
    register: { kind: input, address: 1, scale: 0.01 }
    unit: bar
    range: [0, 40]
    maxAge: 5s
  ambient:                     # recorded only, as the currents are
    device: rack
    register: { kind: input, address: 2, scale: 0.1 }
    unit: degC
    range: [-50, 60]
  current-1:
    device: rack
    register: { kind: input, address: 3, scale: 0.1 }
    unit: A
    range: [0, 60]
  current-2:
    device: rack
    register: { kind: input, address: 4, scale: 0.1 }
    unit: A
    range: [0, 60]
  fault-1:                     # 1 while the motor's own protection keeps it off
    device: rack
    register: { kind: discrete, address: 0 }
    range: [0, 1]
  fault-2:
    device: rack
    register: { kind: discrete, address: 1 }
    range: [0, 1]

outputs:
  compressor-1:                # the large one
    device: rack
    register: { kind: coil, address: 0 }
    safe: 0
    onSensorBad: cycle 8m on 8m off  # keeps the goods until somebody mends the sensor
    onPartition: keep
    onAgentLoss: safe
    minOn: 2m                  # every start wears it: so long it runs at least
    minOff: 3m                 # and so long it rests, whoever asks
    startsPerHour: 12
  compressor-2:                # about six tenths of it
    device: rack
    register: { kind: coil, address: 1 }
    safe: 0
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
    minOn: 2m
    minOff: 3m
    startsPerHour: 12
  condenser-fan:
    device: rack
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 100 %                # too much air only costs power, too little bursts pipes
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe

drives:
  capacity:                    # from one demand to machines that run or stand
    kind: staging
    machines:
      - { output: compressor-1, unavailable: fault-1 }  # the other one takes over at once
      - { output: compressor-2, unavailable: fault-2 }
    rotate: run-time           # the one that ran least starts first
    upDelay: 10s               # the demand has asked for one more for so long
    downDelay: 10s

loops:
  suction:
    kind: pid
    input: suction-pressure
    output: capacity
    action: direct             # more pressure means more compressors
    setpoint: 3.8 bar          # in force while nobody with authority says otherwise
    safeSetpoint: 3.6 bar      # in force once the autonomy budget is spent
    bounds: [3 bar, 4.5 bar]   # a setpoint outside is refused, whoever sends it
    gain: 0.15                 # of all machines, for each bar
    integralTime: 10m          # two machines cannot hold it still: slow means fewer starts
    period: 1s                 # how often the loop decides
  condensing:
    kind: pid
    input: discharge-pressure
    output: condenser-fan
    action: direct
    setpoint: 16 bar
    bounds: [13 bar, 19 bar]
    gain: 8                    # % of the fan for each bar
    integralTime: 1m
    period: 1s

interlocks:                    # nothing is stronger; the first that tripped is named
  high-pressure:
    trip: discharge_pressure > 23.5  # in a rule an id has _ where it has -
    delay: 2s
    onBad: ignore              # see the next one
    force: { compressor-1: 0, compressor-2: 0, condenser-fan: 100 % }
    reset: manual              # somebody looks before it runs again: holdfast reset
  discharge-unknown:           # without its sensor nobody sees high pressure come
    trip: discharge_pressure > 23.5
    delay: 20s
    onBad: trip
    force: { compressor-1: 0, compressor-2: 0 }
    reset: after 1m            # by itself, once the sensor is back
  low-suction:                 # below, air is drawn in at leaks and oil leaves the compressor
    trip: suction_pressure < 1.2
    delay: 10s
    onBad: ignore              # then compressor-1 goes by the clock
    force: { compressor-1: 0, compressor-2: 0 }
    reset: after 3m

simulation:                    # for holdfast devices: tries all of this without hardware
  rack:
    plant: refrigeration-rack
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      suction-pressure: suction-pressure
      discharge-pressure: discharge-pressure
      ambient: ambient
      current-1: current-1
      current-2: current-2
      fault-1: fault-1
      fault-2: fault-2
      compressor-1: compressor-1
      compressor-2: compressor-2
      condenser-fan: condenser-fan
`;
