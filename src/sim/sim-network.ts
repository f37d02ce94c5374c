import { invariant } from "#src/base/assert.ts";
import { type Millis, millis, seconds } from "#src/base/units.ts";
import { Chance, tailOf } from "./delay.ts";
import { type Moment, momentFrom } from "./moment.ts";
import type { World } from "./world.ts";

/**
 * The ways between places: each pair of a near end (a node, a controller) and a far end (a broker)
 * has two lanes, and connections run over them as TCP does.
 *
 * VN1  Within a connection nothing is reordered, lost or doubled: a lost segment is a late one, and
 *      holds up all behind it. Between connections there is no order.
 * VN2  A cut is silence: nobody is told. What is on its way then, or sent meanwhile, arrives after the
 *      lane is whole again, if both ends still wait for it.
 * VN3  Each lane has its own stream of chance: traffic elsewhere changes nothing here.
 * VN4  Over a narrow lane bytes go one after the other, whatever connection they belong to; once it is
 *      wide again, what waits goes at its new pace.
 */
export interface LaneQuality {
  /** Least time on the way, and the mean of what comes on top. */
  readonly least: Millis;
  readonly tail: Millis;
  /** Of 1,024 messages so many lose a segment. */
  readonly loss: number;
  /** Bytes per millisecond; 0 when it does not matter. */
  readonly bandwidth: number;
}

/** Within one machine, where a message is there when it is sent. */
export const sameMachine: LaneQuality = {
  least: millis(0),
  tail: millis(0),
  loss: 0,
  bandwidth: 0,
};

export const localNetwork: LaneQuality = {
  least: millis(1),
  tail: millis(2),
  loss: 0,
  bandwidth: 0,
};

export type Way = "up" | "down" | "both";

/** One that is told when its lane is cut or whole again. */
export interface Traffic {
  cut(): void;
  healed(silence: Millis): void;
  /** It is narrower or wider from now on. */
  resized(): void;
}

/** The first pause before TCP sends a lost segment again, and the longest. */
const retry = millis(200);
const longestRetry = seconds(60);

export class Lane {
  readonly world: World;
  #quality: LaneQuality;
  readonly #chance: Chance;
  /** A new list with each that joins or leaves: one may do so while it is gone through. */
  #traffic: readonly Traffic[] = [];
  #cutSince: Moment | undefined;
  /** Cuts that overlap are whole again when the last one is. */
  #cuts = 0;
  #busyUntil = 0;

  constructor(world: World, quality: LaneQuality, seed: number) {
    this.world = world;
    this.#quality = quality;
    this.#chance = new Chance(seed);
  }

  get isCut(): boolean {
    return this.#cutSince !== undefined;
  }

  get isImmediate(): boolean {
    return this.#quality === sameMachine && this.#cutSince === undefined;
  }

  change(quality: Partial<LaneQuality>): void {
    const { bandwidth } = this.#quality;
    this.#quality = { ...this.#quality, ...quality };
    if (this.#quality.bandwidth === bandwidth) return;
    this.#busyUntil = 0;
    for (const one of this.#traffic) one.resized();
  }

  /** When something of so many bytes that is sent now comes out at the other end. */
  arrival(bytes: number): Moment {
    const { least, tail, loss, bandwidth } = this.#quality;
    let sent = this.world.now as number;
    if (bandwidth > 0) {
      sent = Math.max(sent, this.#busyUntil) + bytes / bandwidth;
      this.#busyUntil = sent;
    }
    let length = least + tailOf(this.#chance.next(), tail);
    for (let pause: number = retry; loss > 0 && this.#loses(loss); pause *= 2) {
      length += pause;
      if (pause >= longestRetry) break;
    }
    return momentFrom(sent + length);
  }

  /** Some part of a length, for what happens at no particular time in it. */
  partOf(length: Millis): Millis {
    return millis(this.#chance.below(Math.max(1, length)));
  }

  cut(): void {
    this.#cuts += 1;
    if (this.#cuts > 1) return;
    this.#cutSince = this.world.now;
    for (const one of this.#traffic) one.cut();
  }

  heal(): void {
    if (this.#cutSince === undefined) return;
    this.#cuts -= 1;
    if (this.#cuts > 0) return;
    const silence = millis(this.world.now - this.#cutSince);
    this.#cutSince = undefined;
    this.#busyUntil = 0;
    for (const one of this.#traffic) one.healed(silence);
  }

  /** Each retry waits as long as all before it, so the next one is within the silence so far. */
  retryAfter(silence: Millis): Millis {
    return millis(retry + this.partOf(millis(Math.min(silence, longestRetry))));
  }

  join(one: Traffic): void {
    this.#traffic = this.#traffic.concat(one);
  }

  leave(one: Traffic): void {
    this.#traffic = this.#traffic.filter((known) => known !== one);
  }

  #loses(loss: number): boolean {
    return (this.#chance.next() & 1_023) < loss;
  }
}

export interface Path {
  readonly up: Lane;
  readonly down: Lane;
}

export class SimNetwork {
  readonly #world: World;
  readonly #usual: LaneQuality;
  readonly #paths = new Map<string, Map<string, Path>>();

  constructor(world: World, usual: LaneQuality = localNetwork) {
    this.#world = world;
    this.#usual = usual;
  }

  /** Always the same one between two places; its quality is said where it is asked for first. */
  path(near: string, far: string, quality = this.#usual): Path {
    let from = this.#paths.get(near);
    if (from === undefined) {
      from = new Map();
      this.#paths.set(near, from);
    }
    let path = from.get(far);
    if (path === undefined) {
      path = { up: this.#lane(near, far, quality), down: this.#lane(far, near, quality) };
      from.set(far, path);
    }
    return path;
  }

  cut(near: string, far: string, way: Way): void {
    const { up, down } = this.path(near, far);
    if (way !== "down") up.cut();
    if (way !== "up") down.cut();
  }

  heal(near: string, far: string, way: Way = "both"): void {
    const { up, down } = this.path(near, far);
    if (way !== "down") up.heal();
    if (way !== "up") down.heal();
  }

  /** Makes both lanes slower, lossier or narrower from now on, or better again; all else stays. */
  change(near: string, far: string, quality: Partial<LaneQuality>): void {
    const { loss = 0 } = quality;
    invariant(loss >= 0 && loss < 1_024, "some messages arrive at once");
    const { up, down } = this.path(near, far);
    up.change(quality);
    down.change(quality);
  }

  #lane(from: string, to: string, quality: LaneQuality): Lane {
    const seed = this.#world.rng.fork(`lane ${from} ${to}`).below(2 ** 32);
    return new Lane(this.#world, quality, seed);
  }
}
