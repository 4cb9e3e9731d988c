import { eq, inArray, sql } from "drizzle-orm";
import { runs, workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";
import { isOfRun } from "./find-uses.ts";
import { addPurge } from "./request-purge.ts";
import { loadRule, purgeDays } from "./retention-queries.ts";
import { everything } from "./trash-rows.ts";

const burst = 500;

/**
 * Job, once a day: moves runs without writes for the configured time to the trash, unless a registered version came from them;
 * permanently deletes items that have been in the trash for the configured time, unless something uses them. An archived workspace stays as
 * it is, since nobody in it can see what is about to be deleted.
 */
export async function applyRetention(ctx: Context, now = Date.now()): Promise<void> {
  permit(ctx, "applyRetention");
  if (await isArchived(ctx)) return;
  while ((await trashQuietRuns(ctx, now)) > 0);
  await purgeOldTrash(ctx, now);
}

async function isArchived(ctx: Context): Promise<boolean> {
  const [workspace] = await ctx.db
    .select({ archivedAt: workspaces.archivedAt })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  return workspace?.archivedAt !== null;
}

/** Runs one step. @returns the number of runs moved to the trash */
async function trashQuietRuns(ctx: Context, now: number): Promise<number> {
  const { workspaceId } = ctx.actor;
  const { deleteRunsAfterDays } = await loadRule(ctx);
  return transact(ctx, async (ctx) => {
    const { rows } = await ctx.db.execute<{ id: string; experiment: string; days: number }>(sql`
      with rules as (
        select experiments.id,
          case when own.experiment_id is null then ${deleteRunsAfterDays}::integer else own.delete_runs_after_days end as days
        from experiments left join experiment_retention as own
          on own.workspace_id = experiments.workspace_id and own.experiment_id = experiments.id
        where experiments.workspace_id = ${workspaceId} and experiments.deleted_at is null
      )
      select runs.id, runs.experiment_id as experiment, rules.days from runs join rules on rules.id = runs.experiment_id
      where runs.workspace_id = ${workspaceId} and runs.deleted_at is null
        and runs.updated_at < ${now}::bigint - rules.days * ${dayMs}::bigint
        and not exists (
          select from model_versions as version where version.workspace_id = ${workspaceId} and ${isOfRun}
        )
      order by runs.id limit ${burst} for update of runs skip locked`);
    if (rows.length === 0) return 0;
    const ids = rows.map(({ id }) => id);
    await ctx.db.update(runs).set({ deletedAt: now }).where(inArray(runs.id, ids));
    for (const [experiment, ofIt] of Map.groupBy(rows, (row) => row.experiment)) {
      const runIds = ofIt.map(({ id }) => id);
      await record(ctx, "runs.deleted", {
        subject: `experiment/${experiment}`,
        after: { runs: runIds.length, runIds },
        reason: `Retention: no writes for ${ofIt[0]?.days} days`,
      });
      await publish(ctx, "experiment", experiment);
    }
    return rows.length;
  });
}

async function purgeOldTrash(ctx: Context, now: number): Promise<void> {
  const days = await purgeDays(ctx);
  let after = { at: 0, id: "" };
  for (;;) {
    const { rows } = await ctx.db.execute<{
      kind: TrashKind;
      id: string;
      deleted_at: string;
      experiment_id: string | null;
    }>(sql`
      select kind, id, deleted_at, experiment_id from (${everything(ctx, undefined)}) as trash
      where (deleted_at, id) > (${after.at}, ${after.id}) order by deleted_at, id limit ${burst}`);
    for (const { kind, id, deleted_at, experiment_id } of rows) {
      const most = days(experiment_id === null ? null : Number(experiment_id));
      if (most === null || Number(deleted_at) > now - most * dayMs) continue;
      await addPurge(ctx, { kind, id, reason: `Retention: ${most} days in the trash` }).catch(unlessRetained);
    }
    const last = rows.at(-1);
    if (!last || rows.length < burst) break;
    after = { at: Number(last.deleted_at), id: last.id };
  }
  await transact(ctx, (ctx) => enqueue(ctx, "purge-trash", {}));
}

/** Ignores errors for items that are in use, and stay in the trash, and items that were restored in the meantime. */
function unlessRetained(error: unknown): void {
  if (!(error instanceof DomainError) || !["conflict", "not-found"].includes(error.code)) throw error;
}
