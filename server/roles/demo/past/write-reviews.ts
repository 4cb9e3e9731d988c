import { eq } from "drizzle-orm";
import { reports, reviewTicks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, weekMs } from "#server/base/durations.ts";
import { reviewItems } from "#server/report/reports/reviews/contract.ts";
import { type Past, source } from "./contract.ts";

const reviewer = "Priya Raman";
/** Weeks are reviewed on the Monday after, in the morning. */
const reviewedAfterMs = weekMs + 9 * hourMs;

/** Ticks the reviews of the past's weeks, except for the last one, which is left to review, and has all reports computed again. */
export async function writeReviews(ctx: Context, { from, to }: Past): Promise<void> {
  const { workspaceId } = ctx.actor;
  const ticks: (typeof reviewTicks.$inferInsert)[] = [];
  for (let start = from; start + 2 * weekMs <= to; start += weekMs)
    for (const item of reviewItems.week)
      ticks.push({
        workspaceId,
        cadence: "week",
        start: new Date(start).toISOString().slice(0, 10),
        item,
        note: `${source}.`,
        doneBy: reviewer,
        at: new Date(start + reviewedAfterMs),
      });
  await ctx.db.insert(reviewTicks).values(ticks);
  await ctx.db.delete(reports).where(eq(reports.workspaceId, workspaceId));
}
