import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import type { Span } from "#server/base/span.ts";
import { type CountedMinute, instantOf } from "../indicators/source.ts";

/** Series whose row the caller has locked. */
interface LockedSeries {
  id: string;
  workspaceId: string;
}

const PackedHour = z.object({
  seriesId: z.string(),
  versionId: z.string(),
  hour: z.number(),
  good: z.array(z.number()),
  total: z.array(z.number()),
});
type PackedHour = z.infer<typeof PackedHour>;

const rowsPerStatement = 500;

/**
 * Replaces the minutes of a span in the hours of series by what was counted; minutes that nothing was counted in become zeroes. So the
 * same counts twice are the same as once. @returns the earliest hour of each series that changed, in milliseconds since 1970
 */
export async function storeMinutes(
  db: Database,
  series: readonly LockedSeries[],
  span: Span,
  counted: readonly CountedMinute[],
): Promise<Map<string, number>> {
  const before = await readHours(db, series, span);
  const after = new Map([...before].map(([key, hour]) => [key, blank(hour, span)]));
  for (const { seriesId, versionId, minute, good, total } of counted) {
    if (minute < span.from || minute >= span.to) continue;
    const hour = Math.floor(minute / hourMs) * hourMs;
    const packed = after.get(keyOf({ seriesId, versionId, hour })) ?? zeroes({ seriesId, versionId, hour });
    after.set(keyOf(packed), packed);
    const at = (minute - hour) / minuteMs;
    packed.good[at] = (packed.good[at] ?? 0) + good;
    packed.total[at] = (packed.total[at] ?? 0) + total;
  }
  const changed = [...after.values()].filter((hour) => !isSame(hour, before.get(keyOf(hour))));
  await writeHours(db, series, changed);
  const earliest = new Map<string, number>();
  for (const { seriesId, hour } of changed) {
    earliest.set(seriesId, Math.min(hour, earliest.get(seriesId) ?? Number.POSITIVE_INFINITY));
  }
  return earliest;
}

async function readHours(db: Database, series: readonly LockedSeries[], { from, to }: Span) {
  const result = await db.execute(sql`
    select series_id as "seriesId", version_id as "versionId", (extract(epoch from hour) * 1000)::float8 as hour, good, total
    from sli_hours
    where series_id in (select value::uuid from jsonb_array_elements_text(${JSON.stringify(series.map(({ id }) => id))}::jsonb))
      and hour >= ${instantOf(Math.floor(from / hourMs) * hourMs)} and hour < ${instantOf(to)}`);
  return new Map(rowsLikeFirst(PackedHour, result).map((hour) => [keyOf(hour), hour]));
}

async function writeHours(db: Database, series: readonly LockedSeries[], hours: PackedHour[]): Promise<void> {
  const workspaceOf = new Map(series.map(({ id, workspaceId }) => [id, workspaceId]));
  for (let start = 0; start < hours.length; start += rowsPerStatement) {
    const rows = hours.slice(start, start + rowsPerStatement).map(({ hour, ...rest }) => {
      return { ...rest, hour: new Date(hour).toISOString(), workspaceId: workspaceOf.get(rest.seriesId) };
    });
    await db.execute(sql`
      insert into sli_hours (workspace_id, series_id, hour, version_id, good, total)
      select "workspaceId", "seriesId", hour, "versionId", good, total
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as packed("workspaceId" uuid, "seriesId" uuid, hour timestamptz,
        "versionId" uuid, good float8[], total float8[])
      on conflict (series_id, hour, version_id) do update set good = excluded.good, total = excluded.total`);
  }
}

/** Returns an hour with the minutes of a span set to zero. */
function blank(hour: PackedHour, { from, to }: Span): PackedHour {
  const isRetained = (at: number) => hour.hour + at * minuteMs < from || hour.hour + at * minuteMs >= to;
  const kept = (counts: readonly number[]) => counts.map((count, at) => (isRetained(at) ? count : 0));
  return { ...hour, good: kept(hour.good), total: kept(hour.total) };
}

function zeroes(key: Pick<PackedHour, "seriesId" | "versionId" | "hour">): PackedHour {
  return { ...key, good: new Array(60).fill(0), total: new Array(60).fill(0) };
}

function isSame(a: PackedHour, b: PackedHour | undefined): boolean {
  return b !== undefined && a.total.every((total, at) => total === b.total[at] && a.good[at] === b.good[at]);
}

function keyOf({ seriesId, versionId, hour }: Pick<PackedHour, "seriesId" | "versionId" | "hour">): string {
  return `${seriesId} ${versionId} ${hour}`;
}
