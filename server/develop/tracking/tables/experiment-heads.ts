import { and, eq, inArray, sql } from "drizzle-orm";
import { experimentTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { ExperimentHead } from "../experiments/contract.ts";
import { silentAfterMs } from "../runs/constants.ts";
import { shownUser } from "../runs/shown-user.ts";

interface Counts extends Record<string, unknown> {
  id: number;
  runs: number;
  unended: number;
  running: number;
  failed: number;
}

const ownerTag = "owner";
const noteTag = "mlflow.note.content";

/**
 * Returns these experiments of the caller's workspace with figures of their runs. Times are read only of runs that have not ended: an index
 * provides everything else.
 */
export async function loadExperimentHeads<Found extends { id: number; name: string }>(
  ctx: Context,
  found: readonly Found[],
  now: number,
): Promise<(Found & ExperimentHead)[]> {
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return [];
  const [counts, unhealthy, firstUsers, tags] = await sideBySide(ctx, [
    () => countByState(ctx, ids, now),
    () => countUnhealthy(ctx, ids),
    () => firstUsersOf(ctx, ids),
    () => tagsOf(ctx, ids),
  ]);
  return found.map((experiment) => {
    const { id } = experiment;
    const { runs, running, unended, failed } = counts.get(id) ?? { runs: 0, running: 0, unended: 0, failed: 0 };
    const tagOf = (key: string) => tags.find((tag) => tag.experimentId === id && tag.key === key)?.value;
    return {
      ...experiment,
      ownerName: tagOf(ownerTag) ?? firstUsers.get(id) ?? "",
      note: tagOf(noteTag) ?? "",
      runs,
      running,
      silent: unended - running,
      failed,
      unhealthy: unhealthy.get(id) ?? 0,
    };
  });
}

async function countByState(ctx: Context, ids: number[], now: number): Promise<Map<number, Counts>> {
  const { rows } = await ctx.db.execute<Counts>(sql`
    select experiment.id, counted.*, (
      select count(*) from runs
      where workspace_id = ${ctx.actor.workspaceId} and experiment_id = experiment.id and deleted_at is null
        and status = 'RUNNING' and updated_at >= ${now - silentAfterMs}::bigint
    ) as running
    from unnest(${sql.param(ids)}::bigint[]) as experiment (id)
    cross join lateral (
      select count(*) as runs, count(*) filter (where status = 'RUNNING') as unended,
        count(*) filter (where status = 'FAILED') as failed
      from runs where workspace_id = ${ctx.actor.workspaceId} and experiment_id = experiment.id and deleted_at is null
    ) as counted`);
  return new Map(rows.map((row) => [row.id, row]));
}

async function countUnhealthy(ctx: Context, ids: number[]): Promise<Map<number, number>> {
  const { rows } = await ctx.db.execute<{ id: number; runs: number }>(sql`
    select runs.experiment_id as id, count(distinct runs.id) as runs
    from run_findings finding join runs on runs.id = finding.run_id
    where finding.workspace_id = ${ctx.actor.workspaceId} and finding.until is null
      and runs.workspace_id = ${ctx.actor.workspaceId} and runs.experiment_id = any(${sql.param(ids)}::bigint[])
      and runs.deleted_at is null
    group by runs.experiment_id`);
  return new Map(rows.map(({ id, runs }) => [id, runs]));
}

/** Returns the first user of each experiment with one index lookup, regardless of its number of runs. */
async function firstUsersOf(ctx: Context, ids: number[]): Promise<Map<number, string>> {
  const { rows } = await ctx.db.execute<{ id: number; user_name: string }>(sql`
    select experiment.id, first.user_name from unnest(${sql.param(ids)}::bigint[]) as experiment (id)
    cross join lateral (
      select ${shownUser} as user_name from runs
      where workspace_id = ${ctx.actor.workspaceId} and experiment_id = experiment.id and deleted_at is null
      order by started_at limit 1
    ) as first`);
  return new Map(rows.map((row) => [row.id, row.user_name]));
}

async function tagsOf(ctx: Context, ids: number[]) {
  return ctx.db
    .select()
    .from(experimentTags)
    .where(
      and(
        eq(experimentTags.workspaceId, ctx.actor.workspaceId),
        inArray(experimentTags.experimentId, ids),
        inArray(experimentTags.key, [ownerTag, noteTag]),
      ),
    );
}
