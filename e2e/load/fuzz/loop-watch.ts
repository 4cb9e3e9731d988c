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
  /** The probe that is on its way. */
  #probe: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param url of the server */
  constructor(url: string) {
    this.#url = `${url}/health/live`;
    this.#running = this.#run();
  }

  /** Returns the longest hold since the last call, in milliseconds, once the probe that may have been held up has its response. */
  async take(): Promise<number> {
    await this.#probe;
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
      this.#probe = this.#measure();
      await this.#probe;
      await pause(intervalMs);
    }
  }

  async #measure(): Promise<void> {
    const startedAt = performance.now();
    const answered = Promise.withResolvers<void>();
    get(this.#url, { agent: this.#agent }, (response) => response.resume().once("end", answered.resolve)).once(
      "error",
      answered.reject,
    );
    await answered.promise;
    this.#maxMs = Math.max(this.#maxMs, performance.now() - startedAt);
  }
}
