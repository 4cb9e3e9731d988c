import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { trainingAttempts, trainingCheckpoints, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { JobSpec } from "../contract.ts";
import { stoppingFinding } from "../jobs/stopping-finding.ts";
import { keepCheckpoints } from "./keep-checkpoints.ts";
import { pointsWhenSaved } from "./points-when-saved.ts";

type Stored = typeof trainingCheckpoints.$inferSelect;

/** The newest one from before the run went wrong: those after it may hold no number that is worth going on from. */
function newestBefore(stored: readonly Stored[], at: number): Stored | undefined {
  return stored
    .filter(({ createdAt, tornAt }) => tornAt === null && createdAt.getTime() <= at)
    .reduce<Stored | undefined>((last, each) => (last && last.seq > each.seq ? last : each), undefined);
}

/**
 * Marks the checkpoints of a job that are not to be kept, in a transaction that holds the job; removeBlobs removes their files.
 * @param rules.keepLast instead of what the job asks for
 */
export async function markRemoved(ctx: Context, jobId: string, rules: { keepLast?: number } = {}): Promise<void> {
  const { workspaceId } = ctx.actor;
  const ofJob = and(eq(trainingCheckpoints.workspaceId, workspaceId), eq(trainingCheckpoints.jobId, jobId));
  const stored = await ctx.db
    .select()
    .from(trainingCheckpoints)
    .where(and(ofJob, isNull(trainingCheckpoints.removedAt)));
  const [job] = await ctx.db
    .select({ spec: trainingJobs.spec, runId: trainingJobs.runId })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.id, jobId)));
  const startedFrom = await ctx.db
    .select({ resumedFrom: trainingAttempts.resumedFrom })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, workspaceId),
        eq(trainingAttempts.jobId, jobId),
        isNull(trainingAttempts.fencedAt),
      ),
    );
  const { stopOn } = JobSpec.pick({ stopOn: true }).parse({ stopOn: job?.spec.stopOn });
  const finding = await stoppingFinding(ctx, { runId: job?.runId ?? "", stopOn });
  const sound = finding && newestBefore(stored, Math.min(finding.since, finding.foundAt));
  const wanted = { ...JobSpec.shape.checkpoints.parse(job?.spec.checkpoints ?? {}), ...rules };
  const measured = await measure(ctx, stored, { runId: job?.runId ?? "", metric: wanted.best?.metric });
  const kept = keepCheckpoints(
    stored.map(({ id, seq, tornAt, verifiedAt }) => ({
      id,
      seq,
      measured: measured.get(id) ?? null,
      isTorn: tornAt !== null,
      isVerified: verifiedAt !== null,
    })),
    wanted,
    new Set([...startedFrom.flatMap(({ resumedFrom }) => resumedFrom ?? []), ...(sound ? [sound.id] : [])]),
  );
  const removed = stored.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  if (removed.length === 0) return;
  await ctx.db
    .update(trainingCheckpoints)
    .set({ removedAt: sql`now()` })
    .where(and(ofJob, inArray(trainingCheckpoints.id, removed)));
}

/**
 * Reads the metric of each checkpoint again, since points may come later than the checkpoint that they measure, and stores what has changed.
 * @param run.metric undefined: no checkpoint is the best
 */
async function measure(
  ctx: Context,
  stored: readonly Stored[],
  { runId, metric }: { runId: string; metric: string | undefined },
): Promise<Map<string, { value: number; step: number | null }>> {
  const measured = new Map<string, { value: number; step: number | null }>();
  if (metric === undefined) return measured;
  for (const { id, metrics, ...saved } of stored) {
    const point = (await pointsWhenSaved(ctx, { runId, ...saved }, metric)).get(metric);
    const known = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    const value = point?.value ?? known;
    if (value === undefined) continue;
    measured.set(id, { value, step: point?.step ?? null });
    if (value === known || !Number.isFinite(value)) continue;
    await ctx.db
      .update(trainingCheckpoints)
      .set({ metrics: { ...metrics, [metric]: value } })
      .where(and(eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId), eq(trainingCheckpoints.id, id)));
  }
  return measured;
}
