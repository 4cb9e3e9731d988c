import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { findValueChange } from "../values/find-value-change.ts";
import { StoredLevels } from "../values/value-tally.ts";
import type { FoundViewFinding } from "./contract.ts";
import { valueFinding } from "./value-findings.ts";

const Hour = z.object({
  feature: z.string(),
  hour: z.number(),
  rows: z.number(),
  nulls: z.number(),
  levels: StoredLevels,
});

const Open = z.object({ feature: z.string(), since: z.number() });

/**
 * Compares what arrived last in a view with the week before it, feature by feature; while a finding is open, with what of that week was before
 * the change.
 */
export async function findValueChanges(db: Database, viewId: string): Promise<FoundViewFinding[]> {
  const result = await db.execute(sql`
    select feature, (extract(epoch from hour) * 1000)::float8 as hour, rows::float8 as rows, nulls::float8 as nulls, levels
    from feature_value_hours as found
    where view_id = ${viewId}::uuid
      and hour >= (select max(hour) from feature_value_hours where view_id = ${viewId}::uuid) - interval '7 days'
    order by feature, hour`);
  const open = await db.execute(sql`
    select feature, coalesce((evidence->>'since')::float8, (extract(epoch from date_trunc('hour', opened_at, 'UTC')) * 1000)::float8) as since
    from feature_findings where view_id = ${viewId}::uuid and kind = 'values-changed' and closed_at is null`);
  const since = new Map(rowsOf(Open, open).map((row) => [row.feature, row.since]));
  const byFeature = Map.groupBy(rowsOf(Hour, result), ({ feature }) => feature);
  return [...byFeature].flatMap(([feature, hours]) => {
    const change = findValueChange(hours, since.get(feature));
    return change ? [valueFinding(feature, change)] : [];
  });
}
