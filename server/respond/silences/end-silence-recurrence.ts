import { and, eq, gt, isNull } from "drizzle-orm";
import { silenceRecurrences, silences } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { EndSilenceRecurrence } from "../../alerting/alerts/silences/contract.ts";
import { publishSilences } from "../../alerting/alerts/silences/publish-silences.ts";

/**
 * Ends the recurrence of a silence: deletes occurrences that have not started; an active one continues to its end, or is expired
 * separately. @throws DomainError "not-found"
 */
export async function endSilenceRecurrence(ctx: Context, input: EndSilenceRecurrence): Promise<void> {
  permit(ctx, "endSilenceRecurrence");
  const { recurrenceId } = EndSilenceRecurrence.parse(input);
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    const of = and(eq(silenceRecurrences.id, recurrenceId), eq(silenceRecurrences.workspaceId, workspaceId));
    const [row] = await ctx.db.select({ id: silenceRecurrences.id }).from(silenceRecurrences).where(of);
    if (!row) throw new DomainError("not-found", "Recurring silence not found.");
    const now = new Date();
    const ended = await ctx.db
      .update(silenceRecurrences)
      .set({ endedAt: now })
      .where(and(of, isNull(silenceRecurrences.endedAt)))
      .returning({ id: silenceRecurrences.id });
    if (ended.length === 0) return;
    await ctx.db
      .delete(silences)
      .where(
        and(eq(silences.recurrenceId, recurrenceId), eq(silences.workspaceId, workspaceId), gt(silences.startsAt, now)),
      );
    await record(ctx, "silence-recurrence.ended", { subject: `silence-recurrence/${recurrenceId}` });
    await publishSilences(ctx);
  });
}
