import { nodeHead } from "./node-head.ts";

export const airHandlerSite = (node: string, region: string): string => `\
${nodeHead("An air handler: the room asks for supply air, the supply air for heating or cooling.", node, region)}
devices:
  ahu:
    driver: modbus-tcp
    host: 127.0.0.1            # the controller's address; here the simulated one
    port: 5024                 # real devices listen on 502
    unit: 1                    # Modbus unit id
    poll: 1s                   # inputs are read this often

inputs:
  supply-air:
    device: ahu
    register: { kind: input, address: 0, scale: 0.01 }  # 2150 on the wire is 21.5
    unit: degC
    range: [-30, 80]           # outside, the sensor is broken and is not controlled on
    maxAge: 5s                 # older than this, it is not controlled on either
  room-air:
    device: ahu
    register: { kind: input, address: 1, scale: 0.01 }
    unit: degC
    range: [-20, 60]
    maxAge: 10s
  outdoor:
    device: ahu
    register: { kind: input, address: 2, scale: 0.01 }
    unit: degC
    range: [-50, 60]
    maxAge: 10s
  return-water:                # of the heating coil: ice bursts it
    device: ahu
    register: { kind: input, address: 3, scale: 0.01 }
    unit: degC
    range: [-20, 80]
    maxAge: 5s
  airflow:                     # recorded only
    device: ahu
    register: { kind: input, address: 4 }
    unit: m3/h
    range: [0, 5000]

signals:                       # computed from the inputs
  comfort:                     # night setback
    kind: schedule
    zone: Europe/Berlin        # local time there, summer time and all
    default: 17 degC
    at:
      - { days: [mon, tue, wed, thu, fri], from: "06:00", to: "19:00", value: 21 degC }
      - { days: [sat, sun], from: "08:00", to: "14:00", value: 20 degC }
    unit: degC
  target:                      # in summer there is no setback: it would cool the night
    kind: rule
    expression: "outdoor > 18 ? max(comfort, 23) : comfort"
    unit: degC
  free-from:                   # fresh air cools for nothing, as long as it is cooler
    kind: rule
    expression: "outdoor < room_air - 2 ? 23 : 30"
    unit: degC

outputs:
  fan:
    device: ahu
    register: { kind: coil, address: 0 }
    safe: 0
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
    minOn: 1m
    minOff: 1m
  heating-valve:
    device: ahu
    register: { kind: holding, address: 0, scale: 0.1 }  # 1000 on the wire is 100 %
    unit: "%"
    bounds: [0 %, 100 %]       # nothing outside is ever written
    safe: 30 %                 # keeps the coil from freezing, and the room from boiling
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  cooling-valve:
    device: ahu
    register: { kind: holding, address: 1, scale: 0.1 }
    unit: "%"
    bounds: [0 %, 100 %]
    safe: 0 %
    onSensorBad: safe
    onPartition: keep
    onAgentLoss: safe
  damper:                      # a shut one leaks enough for people to breathe
    device: ahu
    register: { kind: holding, address: 2, scale: 0.1 }
    unit: "%"
    bounds: [0 %, 100 %]
    safe: 0 %
    onSensorBad: ramp 1m       # to its safe value, without a blow
    onPartition: keep
    onAgentLoss: safe
    rate: 2                    # % in a second

drives:
  tempering:                   # one demand: 0 is full cooling, 1 is full heating
    kind: split-range
    to:
      - { output: cooling-valve, from: 0.45, to: 0 }
      - { output: heating-valve, from: 0.55, to: 1 }

loops:
  room:                        # outer loop: drives nothing itself, the next one follows it
    kind: pid
    input: room-air
    follow: target
    action: reverse            # colder means warmer supply air
    setpoint: 22 degC          # in force while target is not good: bears either season
    bounds: [14 degC, 26 degC] # a setpoint outside is refused, whoever sends it
    setpointRate: 0.002        # degC in a second: the morning comes within half an hour
    gain: 3                    # degC of supply air for each degC
    integralTime: 20m
    period: 5s                 # how often the loop decides
  supply:
    kind: pid
    input: supply-air
    output: tempering
    follow: room
    action: reverse
    setpoint: 20 degC
    bounds: [15 degC, 35 degC] # what room may ask for, too
    gain: 0.012                # of the whole range, for each degC
    integralTime: 40s
    period: 1s
  free-cooling:
    kind: pid
    input: room-air
    output: damper
    follow: free-from
    action: direct             # warmer means more fresh air
    setpoint: 30 degC
    bounds: [20 degC, 35 degC]
    gain: 20                   # % for each degC
    integralTime: 15m
    period: 5s
  ventilation:                 # blows only while the coil is warm enough
    kind: on-off
    input: return-water
    output: fan
    action: direct
    setpoint: 9 degC
    bounds: [8 degC, 15 degC]
    deadband: 3 degC           # starts above 10.5, stops below 7.5
    period: 1s

interlocks:                    # nothing is stronger
  frost:
    trip: return_water < 5     # in a rule an id has _ where it has -
    delay: 2s
    onBad: trip                # a coil that nobody sees is kept warm
    force: { fan: 0, heating-valve: 100 %, damper: 0 % }
    reset: after 5m
  cooling-lockout:             # what is too warm in the cold is not cooled: it waits, or takes fresh air
    trip: outdoor < 14
    delay: 10m
    onBad: ignore
    force: { cooling-valve: 0 % }
    reset: after 10m

simulation:                    # for holdfast devices: tries all of this without hardware
  ahu:
    plant: air-handler
    speed: 1                   # of the plant alone: the times of outputs, loops and schedules stay
                               # real. A whole day in a moment: holdfast sim run --site
    seed: 2                    # even ones have winter, odd ones summer
    signals:                   # what of the plant stands behind each signal
      supply-air: supply-air
      room-air: room-air
      outdoor: outdoor
      return-water: return-water
      airflow: airflow
      fan: fan
      heating-valve: heating-valve
      cooling-valve: cooling-valve
      damper: damper
`;
