import { and, eq } from "drizzle-orm";
import { alertGroups, alertVerdicts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GroupSummary } from "../../alerting/alerts/contract.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { SubmitFeedback } from "./contract.ts";

/**
 * Records feedback on a group of alerts, one per group. Later feedback replaces it.
 * @throws DomainError "not-found"
 */
export async function submitFeedback(ctx: Context, input: SubmitFeedback): Promise<void> {
  permit(ctx, "submitFeedback");
  const { groupId, verdict } = SubmitFeedback.parse(input);
  await transact(ctx, async (ctx) => {
    const { workspaceId, name: ratedBy } = ctx.actor;
    const [group] = await ctx.db
      .select()
      .from(alertGroups)
      .where(and(eq(alertGroups.workspaceId, workspaceId), eq(alertGroups.id, groupId)))
      .for("update");
    if (!group) throw new DomainError("not-found", "Alert group not found.");
    const { ruleKey, severity, title } = GroupSummary.parse(group.summary);
    const [before] = await ctx.db.select().from(alertVerdicts).where(eq(alertVerdicts.groupId, groupId));
    if (before?.verdict === verdict) return;
    const now = new Date();
    await ctx.db
      .insert(alertVerdicts)
      .values({ groupId, workspaceId, ruleKey, severity, verdict, ratedBy, at: now })
      .onConflictDoUpdate({ target: alertVerdicts.groupId, set: { verdict, ratedBy, at: now } });
    const { groupKey } = group;
    await recordAlertEvents(ctx, [
      {
        kind: "verdict",
        groupId,
        groupKey,
        ruleKey,
        actor: ratedBy,
        data: { verdict, before: before?.verdict ?? null },
      },
    ]);
    await record(ctx, "alert-group.feedback-given", {
      subject: `alert-group/${groupId}`,
      before: before && { verdict: before.verdict },
      after: { verdict, title },
    });
    await publish(ctx, "alert", groupId);
  });
}
