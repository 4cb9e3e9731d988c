import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type AlertRule, SwitchAlertRule } from "./contract.ts";
import { switchRule } from "./switch-rule.ts";

/** Looks no more at what a rule watches, until it is enabled again; what it has firing ends. @throws DomainError "not-found", "conflict" when it is archived */
export async function disableAlertRule(ctx: Context, input: SwitchAlertRule): Promise<AlertRule> {
  permit(ctx, "disableAlertRule");
  const { ruleId, reason } = SwitchAlertRule.parse(input);
  return switchRule(ctx, { ruleId, reason }, "disabledAt", true);
}
