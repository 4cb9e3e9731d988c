import { and, eq, isNull } from "drizzle-orm";
import { alertRules } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { AlertRule } from "./contract.ts";
import { lockRule } from "./lock-rule.ts";
import { resolveRuleAlerts } from "./resolve-rule-alerts.ts";
import { loadRule, ofWorkspace } from "./rule-rows.ts";

type Column = "disabledAt" | "archivedAt";

/** Switches a rule on or off, or ends it, with what it has firing; for the commands of these names. Once more changes nothing. */
export async function switchRule(
  ctx: Context,
  { ruleId, reason }: { ruleId: string; reason: string },
  column: Column,
  isOff: boolean,
): Promise<AlertRule> {
  return transact(ctx, async (ctx) => {
    const before = await lockRule(ctx, ruleId);
    if ((before[column] !== null) === isOff) return loadRule(ctx, ruleId);
    if (isOff) await resolveRuleAlerts(ctx, ruleId);
    await ctx.db
      .update(alertRules)
      .set({ [column]: isOff ? new Date() : null, updatedAt: new Date(), evaluatedAt: null, problem: null })
      .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId), isNull(alertRules.archivedAt)));
    const verb = column === "archivedAt" ? "archived" : isOff ? "disabled" : "enabled";
    await record(ctx, `alert-rule.${verb}`, { subject: `alert-rule/${before.name}`, ...(reason && { reason }) });
    await publish(ctx, "alert", ruleId);
    return loadRule(ctx, ruleId);
  });
}
