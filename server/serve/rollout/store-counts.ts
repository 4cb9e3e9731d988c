import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { RolloutCount } from "#server/serve/rollout/evidence/contract.ts";

const rowsPerStatement = 1000;

interface CountedRollout {
  workspaceId: string;
  rolloutId: string;
}

/**
 * Writes the counts of one gateway process, complete each time: writing them twice, or later with higher values, equals writing only
 * the last. Counts of a deleted rollout are skipped.
 * @param source the gateway process
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
