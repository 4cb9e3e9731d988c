import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertRule, SwitchAlertRule } from "./contract.ts";
import { switchRule } from "./switch-rule.ts";

/** Enables a rule, which is evaluated again from now on. @throws DomainError "not-found", "conflict" when it is archived */
export async function enableAlertRule(ctx: Context, input: SwitchAlertRule): Promise<AlertRule> {
  permit(ctx, "enableAlertRule");
  const { ruleId, reason } = SwitchAlertRule.parse(input);
  return switchRule(ctx, { ruleId, reason }, "disabledAt", false);
}
