import { eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { receiveAlerts } from "#server/alerts/receive-alerts.ts";
import { createAlertRule } from "#server/alerts/rules/create-alert-rule.ts";
import { disableAlertRule } from "#server/alerts/rules/disable-alert-rule.ts";
import type { Context } from "#server/context.ts";

/** A rule that is switched off, and an alert from outside with its group. */
export async function alertSomebody(ctx: Context, endpointId: string, secret: string) {
  const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;
  const { id: alertRuleId } = await createAlertRule(ctx, { name: secret, endpointId, spec, severity: "ticket" });
  await disableAlertRule(ctx, { ruleId: alertRuleId });
  await receiveAlerts(ctx, [{ labels: { alertname: secret, severity: "page" } }], { source: "api" });
  const ofWorkspace = eq(alertGroups.workspaceId, ctx.actor.workspaceId);
  const [group] = await ctx.db.select({ id: alertGroups.id }).from(alertGroups).where(ofWorkspace);
  return { alertRuleId, alertGroupId: group?.id as string };
}
