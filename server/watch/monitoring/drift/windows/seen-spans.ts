import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Rows of one version in one segment, in a span of time. */
const SeenSpan = z.object({
  versionId: z.string(),
  /** "" for all rows. */
  segment: z.string(),
});
export type SeenSpan = z.infer<typeof SeenSpan>;

/** Finds versions and segments that served in a range, excluding copies of a rollout, which callers did not receive. */
export async function seenSpans(db: Database, endpointId: string, from: Date, to: Date): Promise<SeenSpan[]> {
  const result = await db.execute(sql`
    select distinct version_id as "versionId", segment
    from feature_states
    where endpoint_id = ${endpointId} and grain in ('minute', 'hour', 'day') and arm <> 'shadow'
      and start >= ${from.toISOString()}::timestamptz and start < ${to.toISOString()}::timestamptz
    order by 1, 2`);
  return rowsOf(SeenSpan, result);
}

/** Returns the time of an endpoint's first rows; undefined while nothing was counted. Milliseconds since 1970. */
export async function firstSeen(db: Database, endpointId: string): Promise<number | undefined> {
  const { rows } = await db.execute<{ at: number | null }>(sql`
    select (extract(epoch from min(start)) * 1000)::float8 as at from (
      select (select min(start) from feature_states where endpoint_id = ${endpointId} and grain = each) as start
      from unnest(array['minute', 'hour', 'day']) as each
    ) as firsts`);
  return rows[0]?.at ?? undefined;
}
