import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** A limit at which look-ups are counted exactly, because an SLO declares it. */
const AgeLimit = z.object({
  workspaceId: z.string(),
  /** Null: all views. */
  viewId: z.string().nullable(),
  /** Id of the endpoint that looks up; null: whoever does. */
  consumer: z.string().nullable(),
  atMostMs: z.number(),
});
type AgeLimit = z.infer<typeof AgeLimit>;

/** Limits of the freshness of features, as SLOs declare them. */
export class AgeLimits {
  private limits: readonly AgeLimit[] = [];

  /** Reads the limits of all SLOs that are not archived. */
  async refresh(db: Database): Promise<void> {
    const result = await db.execute(sql`
      select distinct workspace_id as "workspaceId", indicator->>'viewId' as "viewId", indicator->>'endpointId' as consumer,
        (indicator->>'atMostMs')::float8 as "atMostMs"
      from sli_series
      where indicator->>'kind' = 'feature-freshness'
        and exists (select from slos where slos.series_id = sli_series.id and slos.archived_at is null)`);
    this.limits = rowsOf(AgeLimit, result);
  }

  /** Returns the limits of a view's look-ups by a consumer, each once, in milliseconds. */
  of({ workspaceId, viewId, consumer }: { workspaceId: string; viewId: string; consumer: string }): number[] {
    const limits = new Set<number>();
    for (const limit of this.limits) {
      if (limit.workspaceId !== workspaceId) continue;
      if (limit.viewId !== null && limit.viewId !== viewId) continue;
      if (limit.consumer !== null && limit.consumer !== consumer) continue;
      limits.add(limit.atMostMs);
    }
    return [...limits];
  }
}
