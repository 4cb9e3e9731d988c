import { type SQL, sql } from "drizzle-orm";
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
  failed: z
    .object({
      problem: z.string().nullable(),
      endedAt: z.number(),
      fromEventAt: z.number().nullable(),
      toEventAt: z.number(),
      others: z.number(),
      isLast: z.boolean(),
    })
    .nullable(),
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
      to_jsonb(failed) as failed,
      (source.options->>'everyMinutes')::float8 as "everyMinutes",
      ${msOf(sql`greatest(view.updated_at, source.updated_at)`)} as "scheduledAt", ${msOf(sql`completed.created_at`)} as "completedFrom",
      coalesce(recent.looked_up, 0)::float8 as "lookedUp", coalesce(recent.ahead, 0)::float8 as "clockAhead",
      opened.at is not null as "hasOpen"
    from feature_views as view
    left join feature_marks as mark on mark.view_id = view.id
    left join feature_sources as own on own.workspace_id = view.workspace_id and own.name = view.source
    left join feature_sources as source on source.workspace_id = view.workspace_id
      and source.name = case when own.kind = 'push' then own.options->>'batchSource' else own.name end
    cross join lateral (
      select coalesce(array_agg(distinct user_name) filter (where user_kind = 'endpoint'), '{}') as endpoints,
        coalesce(array_agg(distinct user_name) filter (where user_kind = 'model-version'), '{}') as versions
      from feature_uses where view_id = view.id) as users
    cross join lateral (select min(opened_at) as at from feature_findings where view_id = view.id and closed_at is null) as opened
    left join lateral (${failedOf(at)}) as failed on true
    left join lateral (
      select created_at from feature_materialisations where view_id = view.id and state = 'done'
      order by created_at desc limit 1) as completed on true
    left join lateral (
      select sum(found + stale) as looked_up, sum(clock_ahead) as ahead from feature_minutes
      where view_id = view.id and minute > ${at} - interval '1 hour' and minute <= ${at}) as recent on true
    order by view.id`);
  return rowsOf(Row, result);
}

/** Time in which a materialisation has ended, or is not looked for. A failed one of which a finding is open is older than the finding. */
const longest = sql`interval '14 days'`;
/** Failed ones whose ranges are put together from those that were read afterwards. */
const maxFailed = 20;

/**
 * Selects the newest failed materialisation of the view's source whose range was not read afterwards: by one that was completed, or several
 * together. One of the same range that was cancelled says that somebody does without it. Of the range counts what there was to read when it
 * failed, and, once another was completed, what look-ups still give by the view's TTL.
 */
function failedOf(at: SQL): SQL {
  const ofSource = (alias: SQL) => sql`source.name = coalesce(${alias}.input->>'source', source.name)`;
  return sql`
    select problem, ${msOf(sql`coalesce(ended_at, created_at)`)} as "endedAt", (nullif(from_event_at, ${firstEventUs}) / 1000.0)::float8 as "fromEventAt",
      (to_event_at / 1000.0)::float8 as "toEventAt", (count(*) over () - 1)::int4 as others,
      not exists (select from feature_materialisations as later where later.view_id = view.id and later.created_at > uncovered.created_at
        and (later.state = 'done' or ${isGivenUp(sql`later`)})) as "isLast"
    from (
      select failed.*, needed.* from feature_materialisations as failed
      cross join lateral (
        select greatest(failed.from_event_at, (
            select ${usOf(sql`coalesce(later.ended_at, later.created_at)`)} - nullif(view.ttl_us, 0)
            from feature_materialisations as later
            where later.view_id = view.id and later.created_at > failed.created_at and later.state = 'done' and ${ofSource(sql`later`)}
            order by later.created_at desc limit 1)) as needed_from,
          least(failed.to_event_at, ${usOf(sql`coalesce(failed.ended_at, failed.created_at)`)}) as needed_to) as needed
      where failed.view_id = view.id and failed.state = 'failed' and failed.created_at > least(opened.at, ${at}) - ${longest}
        and source.kind <> 'push' and ${ofSource(sql`failed`)} and needed_from <= needed_to and not exists (
          select from feature_materialisations as later
          where later.view_id = view.id and later.created_at > failed.created_at and (later.state = 'done' or ${isGivenUp(sql`later`)})
            and ${ofSource(sql`later`)} and later.from_event_at <= needed_from and later.to_event_at >= needed_to)
      order by failed.created_at desc limit ${maxFailed}) as uncovered
    where not coalesce((
      select range_agg(int8range(later.from_event_at, later.to_event_at, '[]'))
      from feature_materialisations as later
      where later.view_id = view.id and later.created_at > uncovered.created_at and later.state = 'done' and ${ofSource(sql`later`)}
    ) @> int8range(uncovered.needed_from, uncovered.needed_to, '[]'), false)
    order by uncovered.created_at desc limit 1`;
}

/** Selects materialisations that somebody cancelled. One that a restart replaced ended as the next was created, in one transaction. */
function isGivenUp(run: SQL): SQL {
  return sql`(${run}.state = 'cancelled' and not exists (select from feature_materialisations as next
    where next.view_id = ${run}.view_id and next.id <> ${run}.id and next.created_at = ${run}.ended_at))`;
}

const usOf = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000000)::int8`;

const msOf = (instant: SQL) => sql`(extract(epoch from ${instant}) * 1000)::float8`;
