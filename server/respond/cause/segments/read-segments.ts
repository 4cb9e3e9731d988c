import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { rightOf } from "#server/serve/predictions/filter.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";
import type { TriageSegments } from "./contract.ts";
import { type CountedSegment, rankSegments } from "./rank-segments.ts";

/** Maximum number of records read before and since the start, newest first: the board loads quickly whatever the traffic. */
const maxRecords = 20_000;
const maxCounted = 400;
/** Larger inputs, such as pictures, hold no value that names a part of the traffic. */
const maxInputBytes = 4000;

interface Requested {
  endpointId: string;
  endpoint: string;
  indicator: Indicator | null;
  /** Milliseconds since 1970. */
  startedAt: number;
  to: number;
}

/** Versions by their part in what is bad, whether or not that is more than their part of the traffic. */
export interface VersionPart {
  /** "digits version 12". */
  name: string;
  ofBad: number;
  /** Share of the sampled requests of the day before. */
  ofTrafficBefore: number;
}

/** Finds the segments with a larger share of bad requests than of all, from the prediction log. All failed requests are in it. */
export async function readSegments(
  ctx: Context,
  request: Requested,
): Promise<{ segments: TriageSegments; versions: VersionPart[] }> {
  const { rows } = await ctx.db.execute<CountedSegment & { [column: string]: unknown }>(query(ctx, request));
  const all = rows.find(({ kind }) => kind === "all");
  const statuses = rows
    .filter(({ kind, badNow }) => kind === "status" && badNow > 0)
    .map(({ value, badNow }) => ({ status: Number(value), count: badNow }))
    .sort((a, b) => b.count - a.count);
  const ranked = rankSegments(rows, { endpoint: request.endpoint });
  const versions = rows
    .filter(({ kind }) => kind === "version")
    .map(({ value, badNow, seenBefore }) => ({
      name: value,
      ofBad: badNow / Math.max(1, all?.badNow ?? 0),
      ofTrafficBefore: seenBefore / Math.max(1, all?.seenBefore ?? 0),
    }));
  return {
    segments: {
      rows: ranked,
      bad: all?.badNow ?? 0,
      seen: all?.seenNow ?? 0,
      statuses,
      why: whyNone(ranked.length, all),
    },
    versions,
  };
}

function whyNone(found: number, all: CountedSegment | undefined): string | null {
  if (found > 0) return null;
  if (!all || all.badNow === 0) return "No bad requests in the prediction log.";
  if (all.badNow < 5) return `Only ${all.badNow} bad requests in the log: not enough data.`;
  if (all.seenNow < 20) return `Only ${all.seenNow} requests in the log sample: not enough to compare.`;
  return "No segment stands out: all are about equally affected.";
}

function query(ctx: Context, { endpointId, indicator, startedAt, to }: Requested) {
  const { workspaceId } = ctx.actor;
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const chosen = (from: number, until: number, isNow: boolean) => sql`
    (select id, at, request_id, version_id, arm, provider, caller, status, latency_ms, logged_reason, answer, output_index, inputs, ${isNow} as is_now
    from predictions where workspace_id = ${workspaceId} and endpoint_id = ${endpointId} and at >= ${at(from)} and at < ${at(until)}
      and arm <> 'shadow' order by at desc limit ${maxRecords})`;
  const count = (isNow: boolean, what: ReturnType<typeof sql>) =>
    sql`count(*) filter (where is_now = ${isNow} and ${what})::int`;
  const sampled = sql`logged_reason = 'sampled'`;
  return sql`
    with chosen as materialized (
      select one.*, ${badness(indicator)} as bad from (${chosen(startedAt, to, true)} union all ${chosen(startedAt - dayMs, startedAt, false)}) one
      ${needsLabels(indicator) ? sql`left join prediction_labels on prediction_labels.endpoint_id = ${endpointId} and prediction_labels.request_id = one.request_id and ${isRepresentative(sql`prediction_labels.selection`)}` : sql``}
    ), named as (
      select chosen.*, model.name || ' version ' || version.version as version_name
      from chosen left join model_versions version on version.id = chosen.version_id
      left join registered_models model on model.id = version.model_id
      where bad is not null
    ), part as (
      select is_now, bad, logged_reason, one.kind, one.value from named cross join lateral (values
        ('all', ''), ('version', version_name), ('arm', arm), ('provider', provider), ('caller', caller), ('status', status::text)) one (kind, value)
      union all
      select is_now, bad, logged_reason, 'input', (tensor->>'name') || ' = ' || coalesce(tensor->'data'->>0, 'missing')
      from named, jsonb_array_elements(case when pg_column_size(inputs) < ${maxInputBytes} and jsonb_typeof(inputs) = 'array' then inputs else '[]' end) tensor
      where jsonb_typeof(tensor->'data') = 'array' and jsonb_array_length(tensor->'data') = 1
        and tensor->>'datatype' in ('BYTES', 'BOOL', 'INT8', 'INT16', 'INT32', 'INT64', 'UINT8') and length(tensor->'data'->>0) <= 60
    )
    select kind, value, ${count(true, sql`bad`)} as "badNow", ${count(true, sampled)} as "seenNow",
      ${count(true, sql`bad and ${sampled}`)} as "seenBadNow", ${count(false, sampled)} as "seenBefore",
      ${count(false, sql`bad and ${sampled}`)} as "seenBadBefore"
    from part where value is not null group by kind, value
    order by kind = 'all' desc, "badNow" desc limit ${maxCounted}`;
}

/** Returns the condition for bad records of the log; null for neither, such as a prediction without a label. */
function badness(indicator: Indicator | null) {
  if (indicator?.kind === "latency") return sql`(latency_ms > ${indicator.withinMs})`;
  if (needsLabels(indicator)) return rightIsNot;
  return sql`(case when status >= 500 then true when status < 400 then false end)`;
}

const rightIsNot = sql`(not ${rightOf({ answer: sql`one.answer`, outputIndex: sql`one.output_index` })})`;

function needsLabels(indicator: Indicator | null): boolean {
  return indicator?.kind === "realised-quality";
}
