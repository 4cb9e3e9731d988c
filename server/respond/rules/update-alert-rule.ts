import { and, eq, isNull } from "drizzle-orm";
import { alertRules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkRule } from "./check-rule.ts";
import { type AlertRule, AlertRuleSpec, UpdateAlertRule } from "./contract.ts";
import { lockRule } from "./lock-rule.ts";
import { resolveRuleAlerts } from "./resolve-rule-alerts.ts";
import { loadRule, ofWorkspace } from "./rule-rows.ts";

/**
 * Updates a rule; omitted fields keep their values. A firing alert resolves if the change makes it another alert, and fires again if
 * the condition still holds.
 * @throws DomainError as createAlertRule; "conflict" when it is archived
 */
export async function updateAlertRule(ctx: Context, input: UpdateAlertRule): Promise<AlertRule> {
  permit(ctx, "updateAlertRule");
  const { ruleId, ...change } = UpdateAlertRule.parse(input);
  return transact(ctx, async (ctx) => {
    const before = await lockRule(ctx, ruleId);
    const old = { ...pick(before), spec: AlertRuleSpec.parse(before.spec) };
    const changes = { ...old, ...change };
    await checkRule(ctx, changes, ruleId);
    const { runbookId: _, ...identity } = changes;
    const { runbookId: __, ...oldIdentity } = old;
    if (JSON.stringify(identity) !== JSON.stringify(oldIdentity)) await resolveRuleAlerts(ctx, ruleId);
    await ctx.db
      .update(alertRules)
      .set({ ...changes, updatedAt: new Date(), evaluatedAt: null, problem: null })
      .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId), isNull(alertRules.archivedAt)));
    await record(ctx, "alert-rule.changed", { subject: `alert-rule/${changes.name}`, before: old, after: changes });
    await publish(ctx, "alert", ruleId);
    return loadRule(ctx, ruleId);
  });
}

function pick({ name, endpointId, severity, teamId, runbookId }: typeof alertRules.$inferSelect) {
  return { name, endpointId, severity, teamId, runbookId };
}
