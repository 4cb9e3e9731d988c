import { databaseError } from "#server/base/database-error.ts";
import { log } from "#server/base/log.ts";

/** Repeats a task every few milliseconds and on demand, one at a time; a failure is logged once until it works again. */
export class Refresher {
  readonly name: string;
  private readonly everyMs: number;
  private readonly task: () => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isRequestedAgain = false;
  private isFailing = false;
  private succeededAt = performance.now();

  constructor(name: string, everyMs: number, task: () => Promise<void>) {
    this.name = name;
    this.everyMs = everyMs;
    this.task = task;
  }

  /** Runs the task now and from now on. Resolves after the first run, whether it failed or not. */
  start(): Promise<void> {
    this.timer = setInterval(() => this.running ?? this.now(), this.everyMs);
    return this.now();
  }

  /** Runs the task. If it is already running, it runs once more, since the current run may have missed the latest change. */
  now(): Promise<void> {
    if (this.running) this.isRequestedAgain = true;
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.isRequestedAgain && this.timer) void this.now();
    });
    return this.running;
  }

  /** Runs the task from after this call on, so that it sees what was written before. Resolves when it has run. */
  async again(): Promise<void> {
    await this.running;
    await this.now();
  }

  /** Milliseconds since the task last succeeded; since the refresher was created, if it has not. */
  get ageMs(): number {
    return performance.now() - this.succeededAt;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.running;
  }

  private async run(): Promise<void> {
    this.isRequestedAgain = false;
    try {
      await this.task();
      if (this.isFailing) log.info("refresh.recovered", { task: this.name });
      this.isFailing = false;
      this.succeededAt = performance.now();
    } catch (cause) {
      if (!this.isFailing) log.warn("refresh.failed", { task: this.name, reason: databaseError(cause).message });
      this.isFailing = true;
    }
  }
}
