import { setImmediate } from "node:timers/promises";

/** Gives other work of the event loop its turns during a long computation, so that requests, leases and heartbeats go on. */
export class Turns {
  readonly #ms: number;
  #since = performance.now();

  /** @param ms milliseconds of work after which others get a turn */
  constructor(ms = 10) {
    this.#ms = ms;
  }

  /** Whether others wait for their turn. In a loop of many short steps a check costs less than waiting for a promise. */
  get isDue(): boolean {
    return performance.now() - this.#since >= this.#ms;
  }

  /** Lets others work where a turn is due, and continues after them. */
  async next(): Promise<void> {
    if (!this.isDue) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
