import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { firstEventUs } from "#server/develop/features/materialisations/contract.ts";
import type { ViewFacts } from "./find-view-problems.ts";

const Row = z.object({
  viewId: z.string(),
  workspaceId: z.string(),
  name: z.string(),
  createdAt: z.number(),
  ttlMs: z.number().nullable(),
  newestEventAt: z.number().nullable(),
  endpoints: z.array(z.string()),
  modelVersions: z.array(z.string()),
  hasLagSlo: z.boolean(),
  lastState: z.enum(["done", "failed", "cancelled"]).nullable(),
  lastProblem: z.string().nullable(),
  lastEndedAt: z.number().nullable(),
  lastFrom: z.number().nullable(),
  lastTo: z.number().nullable(),
  everyMinutes: z.number().nullable(),
  scheduledAt: z.number(),
  completedFrom: z.number().nullable(),
  lookedUp: z.number(),
  clockAhead: z.number(),
  hasOpen: z.boolean(),
});

/** Facts of a view of any workspace. */
export interface KnownViewFacts extends ViewFacts {
  viewId: string;
  workspaceId: string;
  /** Whether a finding of it is open. */
  hasOpen: boolean;
}

/** Reads what is known of all views. @param now milliseconds since 1970 */
export async function readViewFacts(db: Database, now: number): Promise<KnownViewFacts[]> {
  const at = sql`${new Date(now).toISOString()}::timestamptz`;
  const result = await db.execute(sql`
    select view.id as "viewId", view.workspace_id as "workspaceId", view.name, ${msOf(sql`view.created_at`)} as "createdAt",
      (view.ttl_us / 1000.0)::float8 as "ttlMs", (mark.newest_event_at / 1000.0)::float8 as "newestEventAt",
      users.endpoints, users.versions as "modelVersions",
      exists (select from slos where slos.workspace_id = view.workspace_id and slos.archived_at is null and slos.paused_at is null
        and slos.definition #>> '{indicator,kind}' = 'view-lag' and slos.definition #>> '{indicator,viewId}' = view.id::text) as "hasLagSlo",
      last.state as "lastState", last.problem as "lastProblem", ${msOf(sql`last.ended_at`)} as "lastEndedAt",
      (nullif(last.from_event_at, ${firstEventUs}) / 1000.0)::float8 as "lastFrom", (last.to_event_at / 1000.0)::float8 as "lastTo",
      (source.options->>'everyMinutes')::float8 as "everyMinutes",
      ${msOf(sql`greatest(view.created_at, source.updated_at)`)} as "scheduledAt", ${msOf(sql`completed.created_at`)} as "completedFrom",
      coalesce(recent.looked_up, 0)::float8 as "lookedUp", coalesce(recent.ahead, 0)::float8 as "clockAhead",
      exists (select from feature_findings where view_id = view.id and closed_at is null) as "hasOpen"
    from feature_views as view
    left join feature_marks as mark on mark.view_id = view.id
    left join feature_sources as own on own.workspace_id = view.workspace_id and own.name = view.source
    left join feature_sources as source on source.workspace_id = view.workspace_id
      and source.name = case when own.kind = 'push' then own.options->>'batchSource' else own.name end
    cross join lateral (
      select coalesce(array_agg(distinct user_name) filter (where user_kind = 'endpoint'), '{}') as endpoints,
        coalesce(array_agg(distinct user_name) filter (where user_kind = 'model-version'), '{}') as versions
      from feature_uses where view_id = view.id) as users
    left join lateral (
      select state, problem, ended_at, from_event_at, to_event_at, input->>'source' as source from feature_materialisations
      where view_id = view.id and state in ('done', 'failed', 'cancelled') and ended_at is not null
      order by ended_at desc limit 1) as last on source.kind <> 'push' and source.name = coalesce(last.source, source.name)
    left join lateral (
      select created_at from feature_materialisations where view_id = view.id and state = 'done'
      order by created_at desc limit 1) as completed on true
    left join lateral (
      select sum(found + stale) as looked_up, sum(clock_ahead) as ahead from feature_minutes
      where view_id = view.id and minute > ${at} - interval '1 hour' and minute <= ${at}) as recent on true
    order by view.id`);
  return rowsOf(Row, result).map(({ lastState, lastProblem, lastEndedAt, lastFrom, lastTo, ...row }) => {
    if (lastState === null) return { ...row, last: null };
    const range = { fromEventAt: lastFrom, toEventAt: lastTo ?? 0 };
    return { ...row, last: { state: lastState, problem: lastProblem, endedAt: lastEndedAt ?? 0, ...range } };
  });
}

const msOf = (instant: ReturnType<typeof sql>) => sql`(extract(epoch from ${instant}) * 1000)::float8`;
