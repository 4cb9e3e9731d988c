import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dueSpan } from "#server/base/due-span.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";

/** Progress of an endpoint's counts, in milliseconds since 1970; null before the first time. */
export interface CountMarks {
  /** Arrivals before this time are counted. */
  until: number | null;
  /** Hours from here on are counted. */
  from: number | null;
}

/** Labels reach the database a moment after they were stamped. */
const slackMs = minuteMs;
/** History that is counted at one look. */
const historyStepMs = dayMs;

interface Requested {
  endpointId: string;
  marks: CountMarks;
  /** Since when the log has all that it ever had. */
  completeSince: number;
  now: number;
  /** Whether to take a day of history too: only while little else waits. */
  withHistory: boolean;
}

/**
 * Returns the hours whose predictions may have changed since the last evaluation: recent ones, which still arrive (at times older ones,
 * since disconnected gateways report later), those with new labels, and a day of history while any remains. Hours that the log has
 * started to delete stay as counted.
 * @returns starts of hours in milliseconds since 1970, and the marks to store with them
 */
export async function dueHours(ctx: Context, request: Requested): Promise<{ hours: number[]; marks: CountMarks }> {
  const { marks, now, completeSince, withHistory } = request;
  const oldest = Math.ceil(completeSince / hourMs) * hourMs;
  const { from } = dueSpan({ countedUntil: marks.until, now, offset: 0 });
  const start = Math.max(floored(from), oldest);
  const ranges = [{ from: start, to: now + hourMs }];
  const known = floored(marks.from ?? start);
  const historyFrom = withHistory ? Math.max(oldest, known - historyStepMs) : known;
  if (historyFrom < known) ranges.push({ from: historyFrom, to: known });
  const labelled = await labelledHours(ctx, request.endpointId, (marks.until ?? now) - slackMs, oldest);
  const seen: number[] = [];
  for (const range of ranges) seen.push(...(await hoursWithPredictions(ctx, request.endpointId, range)));
  const hours = [...new Set([...seen, ...labelled])].sort((a, b) => b - a);
  return { hours, marks: { until: now, from: Math.min(known, historyFrom) } };
}

async function hoursWithPredictions(ctx: Context, endpointId: string, { from, to }: { from: number; to: number }) {
  const { rows } = await ctx.db.execute<{ hour: number }>(sql`
    select hour from (
      select (extract(epoch from series) * 1000)::float8 as hour, series
      from generate_series(${at(from)}, ${at(to)} - interval '1 hour', interval '1 hour') as series
    ) as hours
    where exists (select from predictions where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and predictions.at >= series and predictions.at < series + interval '1 hour')`);
  return rows.map(({ hour }) => hour);
}

async function labelledHours(ctx: Context, endpointId: string, since: number, oldest: number): Promise<number[]> {
  const { rows } = await ctx.db.execute<{ hour: number }>(sql`
    select distinct (floor(extract(epoch from logged.at) / 3600) * 3600000)::float8 as hour
    from prediction_labels as label
    join predictions as logged on logged.workspace_id = label.workspace_id and logged.endpoint_id = label.endpoint_id
      and logged.request_id = label.request_id
    where label.workspace_id = ${ctx.actor.workspaceId} and label.endpoint_id = ${endpointId}
      and ${isRepresentative(sql`label.selection`)} and label.received_at >= ${at(since)} and logged.at >= ${at(oldest)}`);
  return rows.map(({ hour }) => hour);
}

function at(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

function floored(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}
