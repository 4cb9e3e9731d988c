import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { ActOnAlertRule, type AlertRule } from "./contract.ts";
import { switchRule } from "./switch-rule.ts";

/** Looks again at what a rule watches, from now on. @throws DomainError "not-found", "conflict" when it is archived */
export async function enableAlertRule(ctx: Context, input: ActOnAlertRule): Promise<AlertRule> {
  permit(ctx, "enableAlertRule");
  const { ruleId } = ActOnAlertRule.parse(input);
  return switchRule(ctx, ruleId, "disabledAt", false);
}
