import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertRule, SwitchAlertRule } from "./contract.ts";
import { switchRule } from "./switch-rule.ts";

/**
 * Archives a rule permanently, and resolves its firing alerts. Its feedback and events stay.
 * @throws DomainError "not-found", "conflict" when it is archived
 */
export async function archiveAlertRule(ctx: Context, input: SwitchAlertRule): Promise<AlertRule> {
  permit(ctx, "archiveAlertRule");
  const { ruleId, reason } = SwitchAlertRule.parse(input);
  return switchRule(ctx, { ruleId, reason }, "archivedAt", true);
}
