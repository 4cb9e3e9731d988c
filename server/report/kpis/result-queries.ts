import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { DaySpan } from "#server/watch/cost/spending/contract.ts";
import { dayInSql } from "#server/watch/cost/spending/day-in-sql.ts";
import { dayOf, daysLater, daysOf, startOf } from "#server/watch/cost/spending/days.ts";
import { GetKpiResults, type KpiResult, type KpiResults } from "./contract.ts";
import { type CountedEvents, eventRates } from "./event-rates.ts";
import { findKpi } from "./kpi-rows.ts";

const usualDays = 30;

interface Span {
  kpiId: string;
  from: string;
  to: string;
  endpointId: string | null;
}

/** Returns the events that followed each version's predictions, by arm, and day by day. @throws DomainError "not-found", "invalid" */
export async function getKpiResults(ctx: Context, input: GetKpiResults): Promise<KpiResults> {
  permit(ctx, "getKpiResults");
  const query = GetKpiResults.parse(input);
  const { id: kpiId, name } = await findKpi(ctx, query.kpi);
  const to = query.to ?? new Date();
  const from = query.from ?? new Date(to.getTime() - usualDays * dayMs);
  if (from >= to) throw new DomainError("invalid", "The end must be after the start.", { field: "to" });
  const endpointId = query.endpoint === undefined ? null : (await findEndpoint(ctx, query.endpoint)).id;
  const timeZone = await workspaceTimeZone(ctx);
  const span = { kpiId, from: from.toISOString(), to: to.toISOString(), endpointId };
  return {
    kpi: name,
    from,
    to,
    versions: (await readVersions(ctx, span)).map(({ bySample, byUnit, ...counted }) => ({
      ...counted,
      ...eventRates({ ...counted, bySample, byUnit }),
    })),
    timeZone,
    days: await readDays(ctx, span, { ...daysFrom(from, to, timeZone), timeZone }),
    unattributed: await countUnattributed(ctx, span),
  };
}

type Counted = Omit<KpiResult, "eventsPer1000" | "low" | "high" | "valuePer1000"> &
  Pick<CountedEvents, "bySample" | "byUnit">;

/**
 * Reads the results by version. Requests are all those that gateways served with the version in the range, with or without an event. Windows
 * of a release that did not count its samples stand for a log of all requests.
 */
async function readVersions(ctx: Context, span: Span): Promise<Counted[]> {
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const { rows } = await ctx.db.execute<Counted & Record<string, unknown>>(sql`
    with happened as (
      select endpoint_id, version_id, arm, count(*)::int as events, sum(value)::float8 as value,
        ${counts(sql`found_by = 'sample'`)} as "bySample", ${counts(sql`coalesce(found_by, 'unit') = 'unit'`)} as "byUnit"
      from kpi_events
      where workspace_id = ${workspaceId} and kpi_id = ${span.kpiId} and ${within(span, "at")} and version_id is not null
      group by endpoint_id, version_id, arm
    ), answered as (
      select endpoint_id, version_id, arm, sum(requests + cache_hits + coalesced)::int as requests,
        sum(coalesce(sampled, requests + cache_hits + coalesced))::int as sampled
      from serving_windows
      where workspace_id = ${workspaceId} and ${within(span, "window_start")}
        and endpoint_id in (select endpoint_id from happened)
      group by endpoint_id, version_id, arm
    )
    select endpoints.name as endpoint, registered_models.name as model, model_versions.version, coalesce(happened.arm, answered.arm) as arm,
      coalesce(requests, 0) as requests, coalesce(sampled, 0) as "sampledRequests", coalesce(events, 0) as events,
      coalesce(value, 0) as value, coalesce("bySample", ${noEvents}) as "bySample", coalesce("byUnit", ${noEvents}) as "byUnit"
    from happened full join answered using (endpoint_id, version_id, arm)
    join endpoints on endpoints.id = endpoint_id join model_versions on model_versions.id = version_id
    join registered_models on registered_models.id = model_versions.model_id
    where coalesce(happened.arm, answered.arm) <> 'shadow'
      ${allowed ? sql`and endpoints.name = any(${sql.param([...allowed])}::text[])` : sql``}
    order by endpoints.name, model_versions.version desc, arm`);
  return rows;
}

const noEvents = sql`'{"events":0,"value":0}'::jsonb`;

function counts(condition: SQL): SQL {
  return sql`jsonb_build_object('events', count(*) filter (where ${condition}), 'value', coalesce(sum(value) filter (where ${condition}), 0))`;
}

function daysFrom(from: Date, to: Date, timeZone: string) {
  return { from: dayOf(from.getTime(), timeZone), to: daysLater(dayOf(to.getTime() - 1, timeZone), 1) };
}

async function readDays(ctx: Context, span: Span, days: DaySpan): Promise<KpiResults["days"]> {
  const { rows } = await ctx.db.execute<{ day: string; events: number; value: number }>(sql`
    select ${dayInSql(sql`at`, days)} as day, count(*)::int as events, sum(value)::float8 as value
    from kpi_events ${ofCaller(ctx, span)} group by 1`);
  const known = new Map(rows.map((row) => [row.day, row]));
  return daysOf(days).map((day) => {
    const { events, value } = known.get(day) ?? { events: 0, value: 0 };
    return { day, startsAt: new Date(startOf(day, days.timeZone)), events, value };
  });
}

async function countUnattributed(ctx: Context, span: Span): Promise<number> {
  const { rows } = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::int as count from kpi_events ${ofCaller(ctx, span)} and version_id is null`);
  return rows[0]?.count ?? 0;
}

function ofCaller({ actor: { workspaceId, endpoints: allowed } }: Context, span: Span) {
  const names = allowed
    ? sql`and endpoint_id in (select id from endpoints where workspace_id = ${workspaceId} and name = any(${sql.param([...allowed])}::text[]))`
    : sql``;
  return sql`where workspace_id = ${workspaceId} and kpi_id = ${span.kpiId} and ${within(span, "at")} ${names}`;
}

function within({ from, to, endpointId }: Span, column: string) {
  const at = sql.identifier(column);
  const endpoint = endpointId === null ? sql`` : sql`and endpoint_id = ${endpointId}`;
  return sql`${at} >= ${from}::timestamptz and ${at} < ${to}::timestamptz ${endpoint}`;
}
