import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { ReportEnd } from "./contract.ts";
import { type AttemptCaller, holdAttempt } from "./hold-attempt.ts";
import { lastStepOf } from "./last-step-of.ts";

/**
 * Records how a program ended, once; the same report again changes nothing, also when the watcher has concluded from it. What follows is for
 * the watcher to decide, which this wakes. @throws as holdAttempt
 */
export function recordEnd(db: Database, caller: AttemptCaller, report: ReportEnd): Promise<void> {
  const { code, signal, wasTerminated, ranOutOfMemory, startedAt, endedAt } = report;
  return holdAttempt(
    db,
    caller,
    async (ctx, attempt) => {
      if (attempt.report !== null) return;
      const [job] = await ctx.db
        .select({ runId: trainingJobs.runId })
        .from(trainingJobs)
        .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, caller.jobId)));
      // The clock of the machine may be wrong, and the report may come an hour late; how long the program ran is right. A restore came before it,
      // with heartbeats.
      const ranMs = Math.max(0, endedAt - startedAt) * 1000;
      const ranUntil = (attempt.startedAt?.getTime() ?? Date.now()) + ranMs;
      const at = Math.min(Date.now(), Math.max(ranUntil, attempt.heartbeatAt?.getTime() ?? 0));
      await ctx.db
        .update(trainingAttempts)
        .set({
          report: { code, signal, wasTerminated, ranOutOfMemory, at: new Date(at).toISOString() },
          lastStep: await lastStepOf(ctx, { runId: job?.runId ?? "", attempt }),
        })
        .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, attempt.id)));
      await publish(ctx, "training", caller.jobId);
    },
    { ended: true },
  );
}
