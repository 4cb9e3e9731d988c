import { sql } from "drizzle-orm";
import { z } from "zod";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findFeatureView, lockDefinitions } from "../definitions/lookups.ts";
import { databaseTime } from "../writes/hold-views.ts";
import { continuesAt, isComplete } from "./continues-at.ts";
import { firstEventUs } from "./contract.ts";
import { findInput, findReadSource } from "./find-input.ts";
import { requestMaterialisation } from "./start-materialisation.ts";

const Due = z.object({ id: z.uuid(), workspaceId: z.uuid(), name: z.string(), isNewVersion: z.boolean() });
type Due = z.infer<typeof Due>;

/**
 * Starts materialisations that are due: of sources with an interval, so long after the last began; and of datasets, once they have a version of
 * which no complete reading was begun. One that failed is not tried again before that; one that was cancelled not before another
 * materialisation of the view.
 */
export async function startDueMaterialisations(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "startDueMaterialisations");
  for (const due of await findDue(ctx)) {
    await attempt(due, () => start(systemContext(ctx.db, due.workspaceId, ctx.actor.id), due));
  }
}

async function findDue(ctx: Context): Promise<Due[]> {
  const result = await ctx.db.execute(sql`
    select view.id, view.workspace_id as "workspaceId", view.name,
      coalesce(version."isNew", false) as "isNewVersion"
    from feature_views view
    join feature_sources own on own.workspace_id = view.workspace_id and own.name = view.source
    join feature_sources source on source.workspace_id = view.workspace_id
      and source.name = case when own.kind = 'push' then own.options ->> 'batchSource' else own.name end
    left join lateral (
      select id, created_at from feature_materialisations
      where view_id = view.id order by created_at desc limit 1) last on true
    left join lateral (
      select not exists (
        select from feature_materialisations complete
        where complete.view_id = view.id and complete.input #>> '{dataset,id}' = newest.id::text
          and ${isComplete(sql`complete`)} and (complete.state <> 'cancelled' or complete.id = last.id)) as "isNew"
      from (
        select id from dataset_versions version
        where source.kind = 'dataset' and version.workspace_id = view.workspace_id and version.name = source.options ->> 'dataset'
        order by created_at desc, id desc limit 1) newest) version on true
    where source.kind not in ('push', 'stored')
      and not exists (
        select from feature_materialisations active where active.view_id = view.id and active.state in ('waiting', 'running'))
      and (version."isNew"
        or coalesce(last.created_at, '-infinity') <= now() - make_interval(mins => (source.options ->> 'everyMinutes')::int))
    order by view.id`);
  return rowsOf(Due, result);
}

async function start(ctx: Context, { name, isNewVersion }: Due): Promise<void> {
  await transact(ctx, async (ctx) => {
    await lockDefinitions(ctx);
    const view = await findFeatureView(ctx, name);
    const source = await findReadSource(ctx, view.source);
    if (!source) return;
    const input = await findInput(ctx, source);
    await requestMaterialisation(ctx, view, {
      fromEventAt: isNewVersion ? firstEventUs : ((await continuesAt(ctx, view, input)) ?? firstEventUs),
      toEventAt: await databaseTime(ctx),
      input,
      trigger: isNewVersion ? "dataset-version" : "interval",
      restart: false,
    });
  });
}
