import pLimit from "p-limit";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { problemOf } from "./problem.ts";
import { beat, endRun } from "./run-rows.ts";

const beatMs = 1000;
/** Maximum number of concurrent explanations in one process; models run one request after the other anyway. */
const maxConcurrent = 2;
const maxQueued = 20;

/** Reports the progress of a long run. */
interface Job {
  /** @throws when the run was cancelled or the process stops */
  progress(done: number, total: number): void;
}

/** @returns the result to store, and a short summary of it */
type Work = (job: Job) => Promise<{ result: unknown; words: string }>;

/** Long runs of this process, a few at a time. Their rows say how far they are, so any process can show and cancel them. */
export class PlaygroundJobs {
  private readonly stops = new Map<string, AbortController>();
  private readonly limit = pLimit(maxConcurrent);
  private readonly ends = new Set<Promise<void>>();

  /** Requires capacity in the queue. @throws DomainError "unavailable" when too many jobs are queued */
  requireRoom(): void {
    if (this.limit.pendingCount < maxQueued) return;
    const retryAfterSeconds = 30;
    throw new DomainError(
      "unavailable",
      `${maxQueued} explanations are already queued. Try again in ${retryAfterSeconds}\u00a0s.`,
      {
        retryAfterSeconds,
      },
    );
  }

  /** Starts a run whose row says "running", and records its end, whatever the outcome. */
  start(ctx: Context, runId: string, work: Work): void {
    const end = this.run(ctx, runId, work)
      .catch((cause: unknown) => log.error("playground.run_lost", { runId, cause }))
      .finally(() => this.ends.delete(end));
    this.ends.add(end);
  }

  /** Stops what runs; the rows say so. */
  async close(): Promise<void> {
    const reason = new DomainError("unavailable", "Leeway was stopped in the meantime. Start it again.", {
      retryAfterSeconds: 1,
    });
    for (const stop of this.stops.values()) stop.abort(reason);
    await Promise.all(this.ends);
  }

  private async run(ctx: Context, runId: string, work: Work): Promise<void> {
    const stop = new AbortController();
    this.stops.set(runId, stop);
    const now = { done: 0, total: 0 };
    // The heartbeat also runs while the job waits, or the run would count as lost.
    const timer = setInterval(() => {
      void beat(ctx, runId, now)
        .then((isWanted) => isWanted || stop.abort(new DomainError("conflict", "The run was cancelled.")))
        .catch((cause: unknown) => log.warn("playground.heartbeat_failed", { runId, reason: String(cause) }));
    }, beatMs);
    try {
      const progress = (done: number, total: number) => {
        stop.signal.throwIfAborted();
        Object.assign(now, { done, total });
      };
      const end = await this.limit(() => {
        stop.signal.throwIfAborted();
        return work({ progress });
      });
      await beat(ctx, runId, now);
      await endRun(ctx, runId, { state: "done", ...end });
    } catch (error) {
      await endRun(ctx, runId, { state: "failed", problem: wordsOf(error) });
    } finally {
      clearInterval(timer);
      this.stops.delete(runId);
    }
  }
}

function wordsOf(error: unknown): string {
  try {
    return problemOf(error).message;
  } catch (cause) {
    if (cause instanceof DomainError) return cause.message;
    log.error("playground.run_failed", { cause });
    return "Internal error; see the server log.";
  }
}
