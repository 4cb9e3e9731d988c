import type { Context } from "#server/base/context.ts";
import { receiveAlerts } from "../../alerting/alerts/receive-alerts.ts";
import { deleteRuleStates } from "../../alerting/alerts/rules/rule-states.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { RuleTrace, ruleKeyOf } from "./rule-rows.ts";

/** Ends what a rule has firing, and forgets how it stands: it is no more, or another one. In the caller's transaction, which holds the rule. */
export async function stopEscalation(ctx: Context, ruleId: string, now = Date.now()): Promise<void> {
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
