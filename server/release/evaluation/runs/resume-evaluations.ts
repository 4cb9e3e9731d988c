import { and, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import { evaluationRuns } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { maxLeases } from "#server/platform/jobs/lease.ts";
import { enqueueUnlessWaiting } from "#server/platform/jobs/queue.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueWaitingGates } from "../../../develop/registry/requests/enqueue-waiting-gates.ts";
import { findRun } from "./run-queries.ts";

const key = { id: evaluationRuns.id, workspaceId: evaluationRuns.workspaceId };

/** Resumes evaluations whose runner died, or whose job was lost; and fails those on which one runner after the other died. */
export async function resumeEvaluations(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "resumeEvaluations");
  const hopeless = await ctx.db
    .select(key)
    .from(evaluationRuns)
    .where(and(isLapsed, gte(evaluationRuns.attempts, maxLeases)));
  for (const item of hopeless) await attempt(item, () => fail(inside(ctx, item.workspaceId), item.id));
  const lapsed = await ctx.db
    .select(key)
    .from(evaluationRuns)
    .where(and(isLapsed, lt(evaluationRuns.attempts, maxLeases)));
  for (const item of lapsed) {
    const run = { runId: item.id };
    // One that waits behind others has its job already.
    await attempt(item, () => enqueueUnlessWaiting(inside(ctx, item.workspaceId), "run-evaluation", run, run));
  }
}

async function fail(ctx: Context, id: string): Promise<void> {
  const problem = `The worker stopped ${maxLeases} times while processing this. See its log; the version may exceed its memory.`;
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(evaluationRuns)
      .set({ state: "failed", problem, finishedAt: new Date(), runner: null, leasedUntil: null })
      .where(and(isLapsed, eq(evaluationRuns.id, id)))
      .returning({ kind: evaluationRuns.kind });
    if (!failed) return;
    const { model, version } = await findRun(ctx, id);
    await enqueueWaitingGates(ctx, id);
    await record(ctx, `${failed.kind}.failed`, {
      subject: `version/${model}/${version}`,
      after: { runId: id, problem },
    });
    await publish(ctx, "evaluation", id);
    log.error("evaluation.failed", { runId: id, reason: "its runners died" });
  });
}

function inside(ctx: Context, workspaceId: string): Context {
  return systemContext(ctx.db, workspaceId, ctx.actor.id);
}

/** Selects runs that need another runner. A minute is enough time for the job that was enqueued with one. */
const isLapsed = and(
  inArray(evaluationRuns.state, ["waiting", "running"]),
  or(
    lt(evaluationRuns.leasedUntil, sql`now()`),
    and(sql`${evaluationRuns.leasedUntil} is null`, lt(evaluationRuns.createdAt, sql`now() - interval '1 minute'`)),
  ),
);
