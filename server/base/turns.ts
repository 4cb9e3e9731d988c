import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which others get a turn. */
const turnMs = 10;

/** Lets others work between the steps of a long computation, whatever the steps take. */
export class Turns {
  #startedAt = performance.now();

  /** Waits for a turn of the event loop, if the last one was long enough ago. */
  async next(): Promise<void> {
    if (performance.now() - this.#startedAt < turnMs) return;
    await setImmediate();
    this.#startedAt = performance.now();
  }
}
