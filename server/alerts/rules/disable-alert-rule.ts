import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { ActOnAlertRule, type AlertRule } from "./contract.ts";
import { switchRule } from "./switch-rule.ts";

/** Looks no more at what a rule watches, until it is enabled again; what it has firing ends. @throws DomainError "not-found", "conflict" when it is archived */
export async function disableAlertRule(ctx: Context, input: ActOnAlertRule): Promise<AlertRule> {
  permit(ctx, "disableAlertRule");
  const { ruleId } = ActOnAlertRule.parse(input);
  return switchRule(ctx, ruleId, "disabledAt", true);
}
