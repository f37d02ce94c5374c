import { nodeHead } from "./node-head.ts";

export const tankSite = (node: string, region: string): string => `\
${nodeHead("A break tank: a valve holds its level, a pump empties it and stops before it runs dry.", node, region)}
devices:
  plc:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5021                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  level:                       # what both loops look at
    device: plc
    register: { kind: input, address: 0, scale: 0.001 }  # 2431 on the wire is 2.431
    unit: m
    range: [0, 4]              # outside, the sensor is broken and is not controlled on
    maxAge: 5s                 # older than this, it is not controlled on either
    frozen: 20m                # while the pump draws, the water is never quite still
  inflow:                      # recorded only, as the next two are
    device: plc
    register: { kind: input, address: 1, scale: 0.01 }
    unit: m3/h
    range: [0, 20]
  outflow:
    device: plc
    register: { kind: input, address: 2, scale: 0.01 }
    unit: m3/h
    range: [0, 20]
  pump-pressure:
    device: plc
    register: { kind: input, address: 3, scale: 0.01 }
    unit: bar
    range: [0, 10]
  dry-run:                     # 1 while the pump draws air
    device: plc
    register: { kind: discrete, address: 0 }
    range: [0, 1]

outputs:
  valve:                       # lets mains water in
    device: plc
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 0 %                  # shut when the level cannot be trusted
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  pump:
    device: plc
    register: { kind: holding, address: 1, scale: 0.1 }
    unit: "%"
    bounds: [0 %, 80 %]        # never faster than this, whoever asks
    safe: 0 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
    minOn: 30s                 # the pump runs at least this long
    minOff: 1m                 # and rests at least this long, whoever asks

loops:
  filling:
    kind: pid
    input: level
    output: valve
    action: reverse            # a lower level means more output
    setpoint: 2.5 m            # in force while nobody with authority says otherwise
    safeSetpoint: 2 m          # in force once the autonomy budget is spent
    bounds: [1 m, 3.5 m]       # a setpoint outside is refused, whoever sends it
    gain: 200                  # % of the valve for each metre
    integralTime: 45m          # removes what is left of the error, slowly: the tank is large
    period: 2s                 # how often the loop decides
  pumping:
    kind: on-off               # at full allowed speed, or not at all
    input: level
    output: pump
    action: direct             # enough water means more output
    setpoint: 0.6 m
    bounds: [0.4 m, 1.2 m]
    deadband: 0.4 m            # starts above 0.8, stops below 0.4
    period: 1s

interlocks:                    # nothing is stronger
  dry-run:                     # the level says there is water, and the pump draws air
    trip: dry_run > 0          # in a rule an id has _ where it has -
    delay: 2s
    force: { pump: 0 % }
    reset: after 30m           # then it tries again; each trip is told

simulation:                    # for holdfast devices: tries all of this without hardware
  plc:
    plant: tank
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    signals:                   # what of the plant stands behind each signal
      level: level
      inflow: inflow
      outflow: outflow
      pump-pressure: pump-pressure
      dry-run: dry-run
      valve: valve
      pump: pump
`;
