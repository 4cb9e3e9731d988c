import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { sampleValues } from "../values/sample-values.ts";
import { closeMinutes } from "./close-minutes.ts";
import { type ArrivedMinute, addArrivedMinutes } from "./store-arrived-minutes.ts";

const Mark = z.object({
  viewId: z.string(),
  workspaceId: z.string(),
  number: z.number(),
  isOnline: z.boolean(),
  transaction: z.string(),
  /** Start of the last closed minute, in milliseconds since 1970. */
  minute: z.number(),
  newest: z.number().nullable(),
});
type Mark = z.infer<typeof Mark>;

const Arrived = z.object({
  number: z.number(),
  /** Start of the minute of arrival, in milliseconds since 1970. */
  minute: z.number(),
  /** Bucket of the time from event to arrival; null for rows that do not tell how late the source is. */
  bucket: z.number().nullable(),
  rows: z.number(),
  newestRows: z.number(),
  /** Greatest event time of rows that look-ups find, in microseconds since 1970; null for none. */
  newest: z.number().nullable(),
});
type Arrived = z.infer<typeof Arrived>;

/**
 * Counts what has arrived in views since the last call, and closes the minutes that are over. Arrivals are followed by transaction, so each is
 * counted once, whatever wrote it and however late it was committed. Views that another worker counts are left to it.
 * @param now milliseconds since 1970, of the database's clock
 * @returns ids of the views in which something was counted
 */
export async function countArrivals(
  db: Database,
  viewIds: readonly string[],
  now: number,
): Promise<ReadonlySet<string>> {
  const open = Math.floor(now / minuteMs) * minuteMs;
  return db.transaction(async (tx) => {
    await addMarks(tx, viewIds, open);
    const { marks, horizon } = await lockMarks(tx, viewIds);
    if (marks.length === 0) return new Set<string>();
    const arrived = Map.groupBy(await readArrived(tx, marks, horizon), ({ number }) => number);
    const minutes: ArrivedMinute[] = [];
    const written = new Set<string>();
    const moved: Pick<Mark, "viewId" | "minute" | "newest">[] = [];
    for (const mark of marks) {
      const ofView = arrived.get(mark.number) ?? [];
      if (ofView.some(({ rows }) => rows > 0)) written.add(mark.viewId);
      const closed = closeMinutes({
        closed: mark.minute,
        open,
        newest: mark.newest,
        arrived: newestByMinute(ofView),
      });
      minutes.push(...minutesOf(mark, ofView, closed.minutes));
      if (ofView.length === 0 && open - minuteMs <= mark.minute) continue;
      moved.push({ viewId: mark.viewId, minute: Math.max(mark.minute, open - minuteMs), newest: closed.newest });
    }
    await addArrivedMinutes(tx, minutes);
    await sampleValues(
      tx,
      marks.filter(({ viewId }) => written.has(viewId)),
      horizon,
    );
    await moveMarks(tx, moved, horizon);
    return written;
  });
}

/**
 * Adds marks of views that have none, or that a restore has reset: they begin now, with the newest event that look-ups find. Files do not say which
 * of their rows were written for the history alone.
 */
async function addMarks(db: Database, viewIds: readonly string[], open: number): Promise<void> {
  await db.execute(sql`
    insert into feature_marks (view_id, workspace_id, transaction, minute, newest_event_at)
    select view.id, view.workspace_id, pg_snapshot_xmin(pg_current_snapshot()), ${new Date(open - minuteMs).toISOString()}::timestamptz,
      case
        when mark.view_id is not null then greatest(mark.newest_event_at, (select max(event_at) from feature_arrivals
          where view_number = view.number and (is_online or not view.is_online)))
        when view.is_online then (select max(event_at) from feature_latest where view_number = view.number)
        else greatest((select max(event_at) from feature_arrivals where view_number = view.number),
          (select max(max_event_at) from feature_files where view_id = view.id and replaced_at is null))
      end
    from feature_views as view left join feature_marks as mark on mark.view_id = view.id
    where view.id = any(${sql.param([...viewIds])}::uuid[]) and mark.transaction is null
    on conflict (view_id) do update set transaction = excluded.transaction, minute = excluded.minute,
      newest_event_at = excluded.newest_event_at
    where feature_marks.transaction is null`);
}

/** Returns marks that are locked now, and the transaction below which all have ended. */
async function lockMarks(db: Database, viewIds: readonly string[]): Promise<{ marks: Mark[]; horizon: string }> {
  const result = await db.execute(sql`
    select mark.view_id as "viewId", mark.workspace_id as "workspaceId", view.number, view.is_online as "isOnline",
      mark.transaction::text as transaction, (extract(epoch from mark.minute) * 1000)::float8 as minute,
      mark.newest_event_at as newest, pg_snapshot_xmin(pg_current_snapshot())::text as horizon
    from feature_marks as mark join feature_views as view on view.id = mark.view_id
    where mark.view_id = any(${sql.param([...viewIds])}::uuid[]) and mark.transaction is not null
    order by mark.view_id for update of mark skip locked`);
  const marks = rowsOf(Mark.extend({ horizon: z.string() }), result);
  return { marks, horizon: marks[0]?.horizon ?? "0" };
}

/**
 * Sums up arrivals by view, minute of arrival and lateness. Rows of transactions from the horizon on are only looked at for their event times:
 * they are counted when all before them have ended.
 */
async function readArrived(db: Database, marks: readonly Mark[], horizon: string): Promise<Arrived[]> {
  const views = marks.map(({ number, isOnline, transaction }) => ({ number, isOnline, transaction }));
  const result = await db.execute(sql`
    select mark.number, arrived.*
    from jsonb_to_recordset(${JSON.stringify(views)}::jsonb) as mark(number int, "isOnline" boolean, transaction text)
    cross join lateral (
      select floor(arrived_at / 60000000.0)::float8 * ${minuteMs}::float8 as minute,
        case when (is_newest or not mark."isOnline") and origin <> 'materialisation'
          then floor(4 * ln(greatest(arrived_at - event_at, 1000)::float8 / 1000) / ln(2::float8) + 1e-9)::int end as bucket,
        (count(*) filter (where transaction < ${horizon}::xid8))::float8 as rows,
        (count(*) filter (where transaction < ${horizon}::xid8 and (is_newest or not mark."isOnline")))::float8 as "newestRows",
        (max(event_at) filter (where is_online or not mark."isOnline"))::float8 as newest
      from feature_arrivals
      where view_number = mark.number and transaction >= mark.transaction::xid8
      group by 1, 2) as arrived`);
  return rowsOf(Arrived, result);
}

function newestByMinute(arrived: readonly Arrived[]): Map<number, number> {
  const newest = new Map<number, number>();
  for (const { minute, newest: event } of arrived)
    if (event !== null) newest.set(minute, Math.max(newest.get(minute) ?? event, event));
  return newest;
}

function minutesOf(
  { workspaceId, viewId }: Mark,
  arrived: readonly Arrived[],
  closed: readonly { minute: number; newest: number }[],
): ArrivedMinute[] {
  const minutes = new Map<number, ArrivedMinute>();
  const minuteAt = (minute: number) => {
    const known = minutes.get(minute) ?? {
      workspaceId,
      viewId,
      minute,
      written: 0,
      older: 0,
      toArrival: {},
      newest: null,
    };
    minutes.set(minute, known);
    return known;
  };
  for (const { minute, bucket, rows, newestRows } of arrived) {
    if (rows === 0) continue;
    const counts = minuteAt(minute);
    counts.written += newestRows;
    counts.older += rows - newestRows;
    if (bucket !== null && newestRows > 0) counts.toArrival[bucket] = (counts.toArrival[bucket] ?? 0) + newestRows;
  }
  for (const { minute, newest } of closed) minuteAt(minute).newest = newest;
  return [...minutes.values()];
}

async function moveMarks(
  db: Database,
  marks: readonly Pick<Mark, "viewId" | "minute" | "newest">[],
  horizon: string,
): Promise<void> {
  if (marks.length === 0) return;
  const rows = marks.map(({ minute, ...mark }) => ({ ...mark, minute: new Date(minute).toISOString() }));
  await db.execute(sql`
    update feature_marks set transaction = ${horizon}::xid8, minute = moved.minute, newest_event_at = moved.newest
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as moved("viewId" uuid, minute timestamptz, newest int8)
    where view_id = moved."viewId"`);
}
