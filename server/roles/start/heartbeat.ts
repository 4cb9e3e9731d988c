/** Milliseconds between two messages of a role, and between two checks of its supervisor. */
export const heartbeatIntervalMs = 1_000;
/** Far longer than a garbage collection or a large request blocks an event loop, even on a busy machine. */
const maxSilenceMs = 15_000;
/** While a role starts, it loads code, which a slow disk and a cold cache can delay by a minute. */
const maxStartSilenceMs = 120_000;
/** After a longer interval the supervisor was suspended, and its roles perhaps with it: their silence proves nothing. */
const maxCheckIntervalMs = 5_000;

/** Decides from the messages of a process whether its event loop still runs. Times are those of `performance.now()`. */
export class Heartbeat {
  #lastBeatAt: number;
  #lastCheckAt: number;
  #maxSilenceMs = maxStartSilenceMs;

  constructor(startedAt: number) {
    this.#lastBeatAt = startedAt;
    this.#lastCheckAt = startedAt;
  }

  /** Records a message. */
  beat(now: number): void {
    this.#lastBeatAt = now;
  }

  /** Records that the process is ready, after which the shorter limit applies. */
  ready(): void {
    this.#maxSilenceMs = maxSilenceMs;
  }

  /** Returns the milliseconds without a message if the process is unresponsive, otherwise null. */
  check(now: number): number | null {
    if (now - this.#lastCheckAt > maxCheckIntervalMs) this.#lastBeatAt = now;
    this.#lastCheckAt = now;
    const silenceMs = now - this.#lastBeatAt;
    return silenceMs > this.#maxSilenceMs ? silenceMs : null;
  }
}
