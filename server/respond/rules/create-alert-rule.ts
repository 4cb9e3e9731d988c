import { alertRules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkRule } from "./check-rule.ts";
import { type AlertRule, CreateAlertRule } from "./contract.ts";
import { loadRule } from "./rule-rows.ts";

/**
 * Creates a rule, which the worker evaluates from now on.
 * @throws DomainError "invalid" for a rule that cannot work or a page without owner or runbook, "not-found", "conflict" for a name that
 * is taken
 */
export async function createAlertRule(ctx: Context, input: CreateAlertRule): Promise<AlertRule> {
  permit(ctx, "createAlertRule");
  const values = CreateAlertRule.parse(input);
  return transact(ctx, async (ctx) => {
    await checkRule(ctx, values);
    const { workspaceId, name: createdBy } = ctx.actor;
    const [row] = await ctx.db
      .insert(alertRules)
      .values({ ...values, workspaceId, createdBy })
      .returning({ id: alertRules.id });
    const ruleId = row?.id as string;
    await record(ctx, "alert-rule.created", { subject: `alert-rule/${values.name}`, after: values });
    await publish(ctx, "alert", ruleId);
    return loadRule(ctx, ruleId);
  });
}
