import type { Database } from "#db/client.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { describeCron } from "./describe-cron.ts";
import type { JobKind } from "./kinds.ts";
import { schedule } from "./schedule.ts";
import { SetAsideBook } from "./set-aside-book.ts";
import type { Attempt } from "./watcher.ts";

/** Shorter than the time after which the queue retries a job. */
const firstRetryMs = 20_000;
const maxRetryMs = 6 * hourMs;

/**
 * The items of one execution of a job, under the failure policy of watchers: an item that fails is set aside in Postgres with its attempts,
 * and retried after a delay that doubles. It stops neither the other items nor later executions.
 */
export class JobItems {
  private readonly book: SetAsideBook;
  private opened: Promise<void> | undefined;
  private attempts = 0;
  private failures = 0;

  constructor(db: Database, kind: JobKind) {
    const cron = schedule.find((job) => job.kind === kind)?.cron;
    const everyMs = cron === undefined ? 0 : describeCron(cron).everyMs;
    const longest = Math.min(maxRetryMs, Math.max(10 * minuteMs, everyMs));
    // A daily job retries tomorrow: an item is not gone because nothing has retried it today.
    const staleMs = Math.max(15 * minuteMs, Math.min(3 * dayMs, 3 * everyMs));
    this.book = new SetAsideBook(db, kind, { first: firstRetryMs, longest }, staleMs);
  }

  /** Runs `work` for an item, unless it is set aside until later. What must be true together, `work` writes in one transaction. */
  readonly attempt: Attempt = async (item, work, afterFailure) => {
    this.opened ??= this.book.open();
    await this.opened;
    const count = async () => {
      this.attempts += 1;
      try {
        return await work();
      } catch (cause) {
        this.failures += 1;
        throw cause;
      }
    };
    return this.book.attempt(item, count, afterFailure);
  };

  /**
   * Fails the execution when an item failed in it, so that the queue retries the job soon.
   * @throws DomainError "unavailable"
   */
  requireSuccess(): void {
    const { attempts, failures } = this;
    if (failures === 0) return;
    throw new DomainError("unavailable", `${formatCount(failures)} of ${formatCount(attempts)} items failed.`);
  }
}
