import { eq } from "drizzle-orm";
import { silenceRecurrences, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { occurrences } from "./occurrences.ts";
import { findMatching, refreshMuting } from "./refresh-matching.ts";

type RecurrenceRow = typeof silenceRecurrences.$inferSelect;

/** Time before its start at which an occurrence is created (docs/spec/alerting.md section 14). */
const aheadMs = dayMs;
/** Annotation by which clients of Alertmanager's API identify such silences. */
const recurrenceAnnotation = "leeway.internal/recurrence";

/**
 * Creates silences for the occurrences of the coming day, in the caller's transaction, which holds the lock of alerts. Does not recreate
 * existing ones, even if they were expired; creates one that should be active now, after a downtime of all workers.
 * @returns the number created
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
