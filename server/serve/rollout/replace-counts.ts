import { and, eq, sql } from "drizzle-orm";
import { rolloutCounts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { RolloutCount } from "./evidence/contract.ts";
import type { GuardrailMetric } from "./plan/contract.ts";

/** Counts of a source for a metric in one step and arm. */
export type SourceCount = Pick<RolloutCount, "step" | "arm" | "weight" | "units" | "events" | "misses">;

/** Replaces a source's counts for a metric with complete ones, atomically. */
export async function replaceCounts(
  ctx: Context,
  rolloutId: string,
  source: "labels" | "outcomes",
  metric: GuardrailMetric,
  counts: readonly SourceCount[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    await ctx.db
      .delete(rolloutCounts)
      .where(
        and(
          eq(rolloutCounts.workspaceId, workspaceId),
          eq(rolloutCounts.rolloutId, rolloutId),
          eq(rolloutCounts.source, source),
          eq(rolloutCounts.metric, metric),
        ),
      );
    if (counts.length === 0) return;
    await ctx.db
      .insert(rolloutCounts)
      .values(counts.map((count) => ({ workspaceId, rolloutId, source, metric, ...count })))
      // Two workers may count concurrently: each writes complete counts.
      .onConflictDoUpdate({
        target: [
          rolloutCounts.rolloutId,
          rolloutCounts.source,
          rolloutCounts.metric,
          rolloutCounts.bin,
          rolloutCounts.step,
          rolloutCounts.arm,
        ],
        set: {
          weight: sql`excluded.weight`,
          units: sql`excluded.units`,
          events: sql`excluded.events`,
          misses: sql`excluded.misses`,
        },
      });
  });
}
