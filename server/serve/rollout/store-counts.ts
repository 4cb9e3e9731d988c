import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { RolloutCount } from "#server/serve/rollout/evidence/contract.ts";

const rowsPerStatement = 1000;

interface CountedRollout {
  workspaceId: string;
  rolloutId: string;
}

/**
 * Writes counts of one life of a gateway, whole each time: writing them twice, or later with more in them, is the same as writing
 * the last once. Those of a rollout that is gone are left out.
 * @param source the life of the gateway
 */
export async function storeCounts(
  db: Database,
  { workspaceId, rolloutId }: CountedRollout,
  source: string,
  counts: readonly RolloutCount[],
): Promise<void> {
  for (let start = 0; start < counts.length; start += rowsPerStatement) {
    const rows = counts.slice(start, start + rowsPerStatement);
    await db.execute(sql`
      insert into rollout_counts (workspace_id, rollout_id, source, metric, bin, step, arm, weight, units, events, misses, sum, sum_squares)
      select ${workspaceId}, ${rolloutId}, ${source}, metric, bin, step, arm, weight, units, events, misses, sum, "sumSquares"
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(metric text, bin int, step int, arm text, weight float8,
        units bigint, events bigint, misses bigint, sum float8, "sumSquares" float8)
      where exists (select from rollouts where id = ${rolloutId} and workspace_id = ${workspaceId})
      on conflict (rollout_id, source, metric, bin, step, arm) do update set
        weight = excluded.weight, units = excluded.units, events = excluded.events, misses = excluded.misses,
        sum = excluded.sum, sum_squares = excluded.sum_squares`);
  }
}
