import { Agent, get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two probes. */
const intervalMs = 2;

/**
 * Measures from outside how long the event loop of a server is held: it asks for `/health/live` again and again on one connection, and a
 * response that takes long was held up by whatever the loop did meanwhile.
 */
export class LoopWatch implements AsyncDisposable {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #running: Promise<void>;
  #maxMs = 0;
  #isStopped = false;

  /** @param url of the server */
  constructor(url: string) {
    this.#url = `${url}/health/live`;
    this.#running = this.#run();
  }

  /** Returns the longest hold since the last call, in milliseconds. */
  take(): number {
    const maxMs = this.#maxMs;
    this.#maxMs = 0;
    return maxMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    this.#agent.destroy();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now();
      await this.#probe();
      this.#maxMs = Math.max(this.#maxMs, performance.now() - startedAt);
      await pause(intervalMs);
    }
  }

  #probe(): Promise<void> {
    const answered = Promise.withResolvers<void>();
    get(this.#url, { agent: this.#agent }, (response) => response.resume().once("end", answered.resolve)).once(
      "error",
      answered.reject,
    );
    return answered.promise;
  }
}
