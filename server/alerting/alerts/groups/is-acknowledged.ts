import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { alertGroupMembers, alertGroups, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns whether someone has acknowledged a group that an alert of this rule is in. For other domains: requires no permission. */
export async function isAcknowledged(ctx: Context, ruleKey: string): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const found = await ctx.db
    .select({ id: alertGroups.id })
    .from(alerts)
    .innerJoin(
      alertGroupMembers,
      and(eq(alertGroupMembers.workspaceId, workspaceId), eq(alertGroupMembers.fingerprint, alerts.fingerprint)),
    )
    .innerJoin(alertGroups, eq(alertGroups.id, alertGroupMembers.groupId))
    .where(
      and(
        eq(alerts.workspaceId, workspaceId),
        eq(alerts.ruleKey, ruleKey),
        isNull(alertGroups.endedAt),
        isNotNull(alertGroups.acknowledgement),
      ),
    )
    .limit(1);
  return found.length > 0;
}
