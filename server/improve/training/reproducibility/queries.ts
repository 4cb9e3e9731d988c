import { and, desc, eq, ne } from "drizzle-orm";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noJob } from "../jobs/queries.ts";
import { firstRecord } from "./check-rerun.ts";
import { compareOutcomes } from "./compare-outcomes.ts";
import type { RecordDifference, Reproducibility, Rerun } from "./contract.ts";
import { findJobRow, type TrainedJob } from "./find-job-row.ts";
import { readMetrics, readOutcome } from "./read-outcome.ts";
import { recordDifferences } from "./record-differences.ts";

/**
 * Compares a finished re-run with the job that it repeats or changes: its files, its metrics, and the records of both.
 * docs/spec/training.md section 13. @param options.metrics to compare; all when left out
 * @throws DomainError "not-found"; "conflict" for a job that is no re-run, and while one of both has not finished
 */
export async function getReproducibility(
  ctx: Context,
  id: string,
  { metrics }: { metrics?: readonly string[] | undefined } = {},
): Promise<Reproducibility> {
  permit(ctx, "getReproducibility");
  const job = await findJobRow(ctx, id);
  if (!job) throw noJob();
  if (job.rerunOf === null) throw new DomainError("conflict", "This job repeats no other one.");
  const original = await findJobRow(ctx, job.rerunOf);
  if (!original) throw new DomainError("not-found", "The job that this one repeats was removed.");
  for (const one of [job, original]) {
    if (one.state !== "finished") {
      throw new DomainError("conflict", `Only what has finished can be compared; "${one.name}" is ${one.state}.`);
    }
  }
  return {
    original: original.id,
    isExact: job.isExactRerun,
    ...(await outcomeOf(ctx, original, job, metrics)),
    differences: await readDifferences(ctx, original, job),
  };
}

/** Counts the jobs that repeat or change a job. */
export async function countReruns(ctx: Context, id: string): Promise<number> {
  permit(ctx, "getReproducibility");
  const where = and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.rerunOf, id));
  return ctx.db.$count(trainingJobs, where);
}

/** Lists the newest jobs that repeat or change a job, with the verdict of those that can be compared. */
export async function listReruns(ctx: Context, id: string, { limit = 20 } = {}): Promise<Rerun[]> {
  permit(ctx, "getReproducibility");
  const original = await findJobRow(ctx, id);
  if (!original) throw noJob();
  const rows = await ctx.db
    .select()
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.rerunOf, id)))
    .orderBy(desc(trainingJobs.id))
    .limit(limit);
  const reruns: Rerun[] = [];
  for (const row of rows) {
    const { name, state, isExactRerun, submittedAt } = row;
    const canCompare = isExactRerun && state === "finished" && original.state === "finished";
    const verdict = canCompare ? (await outcomeOf(ctx, original, row)).verdict : null;
    reruns.push({ id: row.id, name, state, isExact: isExactRerun, submittedAt, verdict });
  }
  return reruns;
}

/** Compares what two finished jobs have left. @param metrics to compare; all when left out */
async function outcomeOf(
  ctx: Context,
  original: Pick<TrainedJob, "id" | "runId">,
  job: Pick<TrainedJob, "id" | "runId">,
  metrics?: readonly string[],
): Promise<Pick<Reproducibility, "verdict" | "files" | "metrics" | "repeats">> {
  const repeats = await readRepeats(ctx, original.id, job.id);
  const compared = compareOutcomes(await readOutcome(ctx, original), await readOutcome(ctx, job), {
    repeats,
    keys: metrics,
  });
  return { ...compared, repeats: repeats.length };
}

/** Metrics of the other exact re-runs that have finished. */
async function readRepeats(ctx: Context, original: string, rerun: string): Promise<Record<string, number>[]> {
  const rows = await ctx.db
    .select({ runId: trainingJobs.runId })
    .from(trainingJobs)
    .where(
      and(
        eq(trainingJobs.workspaceId, ctx.actor.workspaceId),
        eq(trainingJobs.rerunOf, original),
        eq(trainingJobs.isExactRerun, true),
        eq(trainingJobs.state, "finished"),
        ne(trainingJobs.id, rerun),
      ),
    );
  const ids = rows.map(({ runId }) => runId);
  const metrics = await readMetrics(ctx, ids);
  return ids.map((id) => metrics.get(id) ?? {});
}

async function readDifferences(
  ctx: Context,
  original: TrainedJob,
  rerun: TrainedJob,
): Promise<RecordDifference[] | null> {
  const [before, after] = [await recordedOf(ctx, original), await recordedOf(ctx, rerun)];
  return before && after && recordDifferences(before, after);
}

async function recordedOf(ctx: Context, { id, spec }: TrainedJob) {
  const record = await firstRecord(ctx, id);
  if (!record) return null;
  const ofJob = and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, id));
  return { spec, record, attempts: await ctx.db.$count(trainingAttempts, ofJob) };
}
