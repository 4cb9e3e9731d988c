import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import type { Span } from "#server/base/span.ts";
import type { Indicator, IndicatorKind } from "../../objectives/indicators/contract.ts";

/** Series to count; the ID identifies its minutes. */
export interface SourceSeries<Kind extends IndicatorKind = IndicatorKind> {
  id: string;
  workspaceId: string;
  indicator: Extract<Indicator, { kind: Kind }>;
}

/** Counts of one minute and one version. */
const CountedMinute = z.object({
  seriesId: z.string(),
  versionId: z.string(),
  /** Milliseconds since 1970. */
  minute: z.number(),
  good: z.number(),
  total: z.number(),
  isApproximate: z.boolean().nullish(),
});
export type CountedMinute = z.infer<typeof CountedMinute>;

/** Counts several series of one kind at once. Minutes without events are left out. */
export type Source<Kind extends IndicatorKind> = (
  db: Database,
  series: readonly SourceSeries<Kind>[],
  span: Span,
) => Promise<CountedMinute[]>;

/** No version is known. */
export const noVersion = "00000000-0000-0000-0000-000000000000";

/** Converts a time to a timestamp expression for a query. */
export function instantOf(at: number): SQL {
  return sql`${new Date(at).toISOString()}::timestamptz`;
}

/** Returns the minute of an expression of type timestamptz, in milliseconds since 1970. */
export function minuteOf(at: SQL): SQL {
  return sql`(floor(extract(epoch from ${at}) / 60) * 60000)::float8`;
}

/** Runs a query whose columns are those of CountedMinute. */
export async function countedBy(db: Database, query: SQL): Promise<CountedMinute[]> {
  return rowsLikeFirst(CountedMinute, await db.execute(query));
}
