import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { receiveAlerts } from "../../alerting/alerts/receive-alerts.ts";
import { deleteRuleStates } from "../../alerting/alerts/rules/rule-states.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { RuleTrace, ruleKeyOf } from "./rule-rows.ts";

/** Resolves a rule's firing alerts and deletes its states: it was archived or changed. The caller's transaction locks the rule. */
export async function resolveRuleAlerts(ctx: Context, ruleId: string): Promise<void> {
  const now = await databaseNow(ctx.db);
  const ruleKey = ruleKeyOf(ruleId);
  const deleted = await deleteRuleStates(ctx, ruleKey);
  const ended = deleted
    .filter(({ state }) => state === "firing")
    .map(({ trace, since }) => {
      const { labels, annotations, startsAt } = RuleTrace.parse(trace);
      const began = new Date(Math.min(startsAt ?? since.getTime(), now));
      return { labels, annotations, startsAt: began, endsAt: new Date(now), generatorUrl: `/alerts/rules/${ruleId}` };
    });
  if (ended.length > 0)
    await receiveAlerts(ctx, ended, { source: "leeway", ruleKey, now, afterChange: notifyAfterChange });
}
