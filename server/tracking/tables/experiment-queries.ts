import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { experiments, experimentTags, runFindings, runs } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { type ExperimentSummary, silentAfterMs } from "../contract.ts";
import { noExperiment } from "../experiments/lock-experiment.ts";

/** Most rows of a page of experiments. */
const mostPerPage = 100;

/** Experiments that are not deleted, last changed first, from row `offset` on, and how many there are. */
export async function listExperimentSummaries(
  ctx: Context,
  page: { offset: number; limit: number; now: number },
): Promise<{ rows: ExperimentSummary[]; total: number }> {
  permit(ctx, "listExperimentSummaries");
  const isOurs = and(eq(experiments.workspaceId, ctx.actor.workspaceId), isNull(experiments.deletedAt));
  const lastRun = ctx.db
    .select({ experimentId: runs.experimentId, at: sql<number>`max(${runs.updatedAt})`.as("at") })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), isNull(runs.deletedAt)))
    .groupBy(runs.experimentId)
    .as("last_run");
  const activity = sql`coalesce(${lastRun.at}, ${experiments.createdAt})`;
  const found = await ctx.db
    .select({ id: experiments.id, name: experiments.name, createdAt: experiments.createdAt })
    .from(experiments)
    .leftJoin(lastRun, eq(lastRun.experimentId, experiments.id))
    .where(isOurs)
    .orderBy(desc(activity), desc(experiments.id))
    .offset(Math.max(0, page.offset))
    .limit(Math.min(page.limit, mostPerPage));
  return { rows: await summarise(ctx, found, page.now), total: await ctx.db.$count(experiments, isOurs) };
}

/**
 * One experiment by its id or its name.
 * @throws DomainError "not-found", also for a deleted one.
 */
export async function getExperimentSummary(
  ctx: Context,
  input: { idOrName: string; now: number },
): Promise<ExperimentSummary> {
  permit(ctx, "getExperimentSummary");
  const { idOrName } = input;
  const id = /^\d{1,15}$/.test(idOrName) ? Number(idOrName) : undefined;
  const found = await ctx.db
    .select({ id: experiments.id, name: experiments.name, createdAt: experiments.createdAt })
    .from(experiments)
    .where(
      and(
        eq(experiments.workspaceId, ctx.actor.workspaceId),
        isNull(experiments.deletedAt),
        id === undefined ? eq(experiments.name, idOrName) : eq(experiments.id, id),
      ),
    )
    .limit(1);
  const [summary] = await summarise(ctx, found, input.now);
  if (!summary) throw noExperiment(idOrName);
  return summary;
}

type Found = Pick<typeof experiments.$inferSelect, "id" | "name" | "createdAt">;

async function summarise(ctx: Context, found: Found[], now: number): Promise<ExperimentSummary[]> {
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const ofThese = and(eq(runs.workspaceId, workspaceId), inArray(runs.experimentId, ids), isNull(runs.deletedAt));
  const heardOf = sql`${runs.updatedAt} >= ${now - silentAfterMs}`;
  const count = (condition: ReturnType<typeof sql>) => sql`count(*) filter (where ${condition})`.mapWith(Number);
  const counts = await ctx.db
    .select({
      experimentId: runs.experimentId,
      runs: sql`count(*)`.mapWith(Number),
      running: count(sql`${runs.status} = 'RUNNING' and ${heardOf}`),
      silent: count(sql`${runs.status} = 'RUNNING' and not (${heardOf})`),
      failed: count(sql`${runs.status} = 'FAILED'`),
      lastActivityAt: sql`max(${runs.updatedAt})`.mapWith(Number),
    })
    .from(runs)
    .where(ofThese)
    .groupBy(runs.experimentId);
  const unhealthy = await ctx.db
    .select({ experimentId: runs.experimentId, runs: sql`count(distinct ${runs.id})`.mapWith(Number) })
    .from(runFindings)
    .innerJoin(runs, eq(runs.id, runFindings.runId))
    .where(and(eq(runFindings.workspaceId, workspaceId), isNull(runFindings.until), ofThese))
    .groupBy(runs.experimentId);
  // One look into the index for each, however many runs it has.
  const { rows: firstRuns } = await ctx.db.execute<{ id: number; user_name: string }>(sql`
    select experiment.id, first.user_name from unnest(${sql.param(ids)}::bigint[]) as experiment (id)
    cross join lateral (
      select user_name from runs
      where workspace_id = ${workspaceId} and experiment_id = experiment.id and deleted_at is null
      order by started_at limit 1
    ) as first`);
  const tags = await ctx.db
    .select()
    .from(experimentTags)
    .where(
      and(
        eq(experimentTags.workspaceId, workspaceId),
        inArray(experimentTags.experimentId, ids),
        inArray(experimentTags.key, ["owner", "mlflow.note.content"]),
      ),
    );
  const countsOf = new Map(counts.map((row) => [row.experimentId, row]));
  const unhealthyOf = new Map(unhealthy.map((row) => [row.experimentId, row.runs]));
  const firstOf = new Map(firstRuns.map((row) => [Number(row.id), row.user_name]));
  const tagOf = (id: number, key: string) => tags.find((tag) => tag.experimentId === id && tag.key === key)?.value;
  return found.map(({ id, name, createdAt }) => {
    const { experimentId, ...counted } = countsOf.get(id) ?? { ...none, experimentId: id, lastActivityAt: createdAt };
    return {
      id,
      name,
      ownerName: tagOf(id, "owner") ?? firstOf.get(id) ?? "",
      note: tagOf(id, "mlflow.note.content") ?? "",
      ...counted,
      unhealthy: unhealthyOf.get(id) ?? 0,
    };
  });
}

const none = { runs: 0, running: 0, silent: 0, failed: 0 };
