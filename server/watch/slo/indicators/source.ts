import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Span } from "#server/base/span.ts";
import type { Indicator, IndicatorKind } from "../../objectives/indicators/contract.ts";

/** One series to be counted; the id is what its minutes are told by. */
export interface SourceSeries<Kind extends IndicatorKind = IndicatorKind> {
  id: string;
  workspaceId: string;
  indicator: Extract<Indicator, { kind: Kind }>;
}

/** What happened in one minute, of one version. */
export interface CountedMinute {
  seriesId: string;
  versionId: string;
  /** Milliseconds since 1970. */
  minute: number;
  good: number;
  total: number;
  isApproximate?: boolean;
}

/** Counts several series of one kind at once. Minutes without anything are left out. */
export type Source<Kind extends IndicatorKind> = (
  db: Database,
  series: readonly SourceSeries<Kind>[],
  span: Span,
) => Promise<CountedMinute[]>;

/** No version is known. */
export const noVersion = "00000000-0000-0000-0000-000000000000";

/** An instant for a query. */
export function instantOf(at: number): SQL {
  return sql`${new Date(at).toISOString()}::timestamptz`;
}

/** The minute of an expression of type timestamptz, in milliseconds since 1970. */
export function minuteOf(at: SQL): SQL {
  return sql`(floor(extract(epoch from ${at}) / 60) * 60000)::float8`;
}

/** Runs a query whose columns are those of CountedMinute. */
export async function countedBy(db: Database, query: SQL): Promise<CountedMinute[]> {
  const { rows } = await db.execute(query);
  return rows as unknown as CountedMinute[];
}
