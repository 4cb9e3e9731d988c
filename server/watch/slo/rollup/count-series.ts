import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { Span } from "#server/base/span.ts";
import { dueSpan } from "../../../base/due-span.ts";
import { Indicator } from "../../objectives/indicators/contract.ts";
import { knownUntil } from "../engine/events.ts";
import { completeSince } from "../indicators/log-retention.ts";
import { readSource } from "../indicators/read-source.ts";
import { type CountedMinute, instantOf, type SourceSeries } from "../indicators/source.ts";
import { storeMinutes } from "./store-minutes.ts";

const DueSeries = z.object({
  id: z.string(),
  workspaceId: z.string(),
  indicator: Indicator,
  countedUntil: z.number().nullable(),
  countedFrom: z.number().nullable(),
});
type DueSeries = z.infer<typeof DueSeries>;

/** Each look is a little earlier than the evaluation that uses it. */
const everyMs = 8_000;
/** The history that SLOs and their replays look at: a quarter. */
const historyMs = 92 * dayMs;
const historyStepMs = 7 * dayMs;
/** Range of recent hours that caches reread in every evaluation anyway. */
export const freshMs = 2 * hourMs;

/** Returns the series that SLOs use and whose recent minutes need counting, longest overdue first. @param now milliseconds since 1970 */
export async function dueSeries(db: Database, now: number): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from sli_series where ${isUsed} and ${isDue(now)} order by counted_until nulls first, id`);
  return rows.map(({ id }) => id);
}

/**
 * Counts recent minutes of the series that are still due and not locked by another worker. All or none.
 * @param now milliseconds since 1970 @returns number of series counted
 */
export function countSeries(db: Database, ids: readonly string[], now: number): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await lockSeries(tx, sql`${isDue(now)} and id = any(${sql.param([...ids])}::uuid[])`, ids.length);
    const spans = await spansOf(tx, due, now);
    for (const { span, series } of spans) await countSpan(tx, series, span, now);
    await mark(tx, due, sql`counted_until = ${instantOf(now)}`);
    return due.length;
  });
}

/** Returns the series that do not have all of their history yet, the longest history first: each gets its turn. */
export async function seriesWithoutHistory(db: Database, now: number): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from sli_series where ${isUsed} and counted_from > ${instantOf(now - historyMs)} order by counted_from desc, id`);
  return rows.map(({ id }) => id);
}

/** Counts a week of history of a series that does not have all of its history yet. @returns whether it did not */
export function countHistory(db: Database, id: string, now: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const isDue = sql`id = ${id}::uuid and counted_from > ${instantOf(now - historyMs)}`;
    const [series] = await lockSeries(tx, isDue, 1);
    if (!series) return false;
    const [since = 0] = await completeSince(tx, [series.indicator], now);
    const to = series.countedFrom ?? now;
    const from = Math.floor((to - historyStepMs) / minuteMs) * minuteMs;
    await countSpan(tx, [series], { from: Math.max(from, ceiled(since)), to }, now);
    await mark(tx, [series], sql`counted_from = ${instantOf(from)}, revision = revision + 1`);
    return true;
  });
}

/** Counts minutes of series whose rows are locked, and stores them. */
async function countSpan(db: Database, series: readonly SourceSeries[], span: Span, now: number): Promise<void> {
  if (span.from >= span.to) return;
  const counted = await readSource(db, series, span);
  const changed = await storeMinutes(db, series, span, counted);
  const old = series.filter(({ id, indicator }) => {
    return (changed.get(id) ?? now) < knownUntil({ indicator }, now) - freshMs;
  });
  await mark(db, old, sql`revision = revision + 1`);
  for (const [id, until] of latestApproximate(counted)) {
    await mark(db, [{ id }], sql`approximate_until = greatest(approximate_until, ${instantOf(until + minuteMs)})`);
  }
}

/** Series that are counted over the same minutes together. */
async function spansOf(db: Database, due: readonly DueSeries[], now: number) {
  const since = await completeSince(
    db,
    due.map(({ indicator }) => indicator),
    now,
  );
  const spans = new Map<string, { span: Span; series: DueSeries[] }>();
  for (const [at, series] of due.entries()) {
    const { countedUntil, indicator } = series;
    const shift = Math.floor((now - knownUntil({ indicator }, now)) / minuteMs) * minuteMs;
    const { from, to } = dueSpan({ countedUntil, now, offset: offsetOf(series.id) });
    const span = { from: Math.max(from - shift, ceiled(since[at] ?? 0)), to: to - shift };
    const known = spans.get(`${span.from} ${span.to}`) ?? { span, series: [] };
    spans.set(`${span.from} ${span.to}`, known);
    known.series.push(series);
    if (series.countedFrom === null) await mark(db, [series], sql`counted_from = ${instantOf(span.from)}`);
  }
  return spans.values();
}

/** Counted from a source, for an SLO. */
const isUsed = sql`indicator->>'kind' <> 'posted'
  and exists (select from slos where series_id = sli_series.id and archived_at is null)`;

function isDue(now: number) {
  return sql`(counted_until is null or counted_until < ${instantOf(now - everyMs)})`;
}

async function lockSeries(db: Database, where: ReturnType<typeof sql>, limit: number): Promise<DueSeries[]> {
  const result = await db.execute(sql`
    select id, workspace_id as "workspaceId", indicator, (extract(epoch from counted_until) * 1000)::float8 as "countedUntil",
      (extract(epoch from counted_from) * 1000)::float8 as "countedFrom"
    from sli_series
    where ${where} and ${isUsed}
    order by counted_until nulls first, id limit ${limit} for update skip locked`);
  return rowsOf(DueSeries, result);
}

async function mark(db: Database, series: readonly { id: string }[], set: ReturnType<typeof sql>): Promise<void> {
  if (series.length === 0) return;
  const ids = JSON.stringify(series.map(({ id }) => id));
  await db.execute(
    sql`update sli_series set ${set} where id in (select value::uuid from jsonb_array_elements_text(${ids}::jsonb))`,
  );
}

function latestApproximate(counted: readonly CountedMinute[]): Map<string, number> {
  const latest = new Map<string, number>();
  for (const { seriesId, minute, isApproximate } of counted) {
    if (isApproximate) latest.set(seriesId, Math.max(minute, latest.get(seriesId) ?? 0));
  }
  return latest;
}

/** Derives an offset within an hour from the id. */
function offsetOf(id: string): number {
  return Number.parseInt(id.slice(0, 6), 16) % hourMs;
}

function ceiled(at: number): number {
  return Math.ceil(at / minuteMs) * minuteMs;
}
