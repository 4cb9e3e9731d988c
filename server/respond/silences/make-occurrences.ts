import { eq } from "drizzle-orm";
import { silenceRecurrences, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { occurrences } from "./occurrences.ts";
import { findMatching, refreshMuting } from "./refresh-matching.ts";

type RecurrenceRow = typeof silenceRecurrences.$inferSelect;

/** How long before its start an occurrence is made (docs/spec/alerting.md section 14). */
const aheadMs = dayMs;
/** By it clients of Alertmanager's API tell such silences from others. */
const recurrenceAnnotation = "leeway.internal/recurrence";

/**
 * Makes silences of the occurrences of the coming day, in the caller's transaction, which holds the lock of alerts. What was made before
 * is not made again, also where somebody expired it; one that should run now, after a pause of all workers, is.
 * @returns how many were made
 */
export async function makeOccurrences(ctx: Context, recurrence: RecurrenceRow, now: number): Promise<number> {
  const { id, rule, timeZone, durationMs, madeUntil } = recurrence;
  const to = now + aheadMs;
  const from = Math.max(madeUntil?.getTime() ?? 0, now - durationMs + 1);
  const starts = occurrences({ rule, timeZone, startsAt: recurrence.startsAt.getTime() }, { from, to });
  const { workspaceId, createdBy, createdById, comment, matchers } = recurrence;
  const rows = starts.map((start) => ({
    workspaceId,
    matchers,
    createdBy,
    createdById,
    comment,
    recurrenceId: id,
    startsAt: new Date(start),
    endsAt: new Date(start + durationMs),
    annotations: { [recurrenceAnnotation]: id },
  }));
  const made = rows.length === 0 ? [] : await ctx.db.insert(silences).values(rows).onConflictDoNothing().returning();
  await ctx.db
    .update(silenceRecurrences)
    .set({ madeUntil: new Date(to) })
    .where(eq(silenceRecurrences.id, id));
  if (made.some(({ startsAt }) => startsAt.getTime() <= now)) {
    const { groupIds } = await findMatching(ctx, [matchers], now);
    await refreshMuting(ctx, groupIds, now);
  }
  return made.length;
}
