import { setImmediate } from "node:timers/promises";

/** Milliseconds after which other work of the thread has a turn. */
const maxMs = 50;

/** Gives other work of the event loop its turns during a long computation, so that leases, heartbeats and requests go on. */
export class EventLoopTurns {
  #since = performance.now();

  /** Whether the computation has run for 50 ms. A check costs less than waiting for a promise. */
  get isDue(): boolean {
    return performance.now() - this.#since >= maxMs;
  }

  /** Lets other work run, and continues after it. */
  async take(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
