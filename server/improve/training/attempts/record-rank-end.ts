import type { Database } from "#db/client.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { requestStop } from "../jobs/stop-job.ts";
import { causeOfEnd } from "./cause-of-end.ts";
import type { ReportRankEnd } from "./contract.ts";
import { type AttemptCaller, holdAttempt } from "./hold-attempt.ts";
import { readRankToken } from "./rank-token.ts";

/** Longest part of its output that a reason quotes. */
const quoted = 1_000;

/**
 * Records how the program on another machine of an attempt ended. One that failed, or whose machine is taken away, ends the attempt: the others
 * would wait for it. The first machine is then asked to stop, and saves. @throws as holdAttempt
 */
export async function recordRankEnd(
  db: Database,
  caller: AttemptCaller,
  { lastLines, ...end }: ReportRankEnd,
): Promise<void> {
  const rank = await readRankToken(db, caller);
  if (rank === undefined) throw new DomainError("forbidden", "This is the token of the first machine.");
  return holdAttempt(
    db,
    caller,
    async (ctx) => {
      const job = await lockJob(ctx, caller.jobId);
      const { cause, next, message } = causeOfEnd({ ...end, stopRequest: null });
      if (cause === "finished" || job.stopRequest) return;
      const lines = lastLines.trim().slice(-quoted);
      const reason = `On machine ${rank}: ${message}${lines && next !== "resume" ? `\n${lines}` : ""}`;
      await requestStop(ctx, job.id, {
        cause: next === "resume" ? "preempted" : "failed",
        reason,
        byName: "Leeway",
        at: new Date().toISOString(),
        ...(next === "retry" && { mayRetry: true }),
      });
      await record(ctx, "training-job.stopped", {
        subject: `training-job/${job.id}`,
        before: { state: job.state },
        reason,
      });
      await publish(ctx, "training", job.id);
    },
    { lockJob: true, ranks: true },
  );
}
