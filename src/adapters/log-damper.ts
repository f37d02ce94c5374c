import { limits } from "#src/contract/limits.ts";
/**
 * Keeps a log readable, and its disk alive, when one thing happens again and again.
 *
 * LD1  Of entries with one key at most 5 pass in 10 seconds; what did not is counted and told.
 * LD2  It remembers a bounded number of keys; one that has to go is told first.
 */
export interface DamperParts {
  /** Milliseconds on a clock that never runs back. */
  readonly now: () => number;
  readonly tell: (key: string, count: number) => void;
}

const burst = 5;
const span = 10_000;

interface Window {
  readonly began: number;
  passed: number;
  suppressed: number;
}

export class LogDamper {
  readonly #parts: DamperParts;
  /** Oldest window first. */
  readonly #windows = new Map<string, Window>();

  constructor(parts: DamperParts) {
    this.#parts = parts;
  }

  /** Whether an entry with this key may be written now. */
  passes(key: string): boolean {
    this.sweep();
    const window = this.#windows.get(key) ?? this.#open(key);
    if (window.passed < burst) {
      window.passed += 1;
      return true;
    }
    window.suppressed += 1;
    return false;
  }

  /** When the oldest window with something to tell ends; undefined when there is none. */
  get due(): number | undefined {
    for (const { began, suppressed } of this.#windows.values())
      if (suppressed > 0) return began + span;
    return undefined;
  }

  /** Ends the windows whose time is over. */
  sweep(): void {
    const now = this.#parts.now();
    for (const [key, { began }] of this.#windows) {
      if (now - began < span) return;
      this.#close(key);
    }
  }

  /** Ends all windows: nothing will follow. */
  end(): void {
    for (const key of [...this.#windows.keys()]) this.#close(key);
  }

  #open(key: string): Window {
    if (this.#windows.size >= limits.logKeys) {
      const [oldest] = this.#windows.keys();
      if (oldest !== undefined) this.#close(oldest);
    }
    const window = { began: this.#parts.now(), passed: 0, suppressed: 0 };
    this.#windows.set(key, window);
    return window;
  }

  #close(key: string): void {
    const suppressed = this.#windows.get(key)?.suppressed ?? 0;
    this.#windows.delete(key);
    if (suppressed > 0) this.#parts.tell(key, suppressed);
  }
}
