import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { fingerprint } from "#server/alerting/alerts/fingerprint.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { disableAlertRule } from "#server/respond/rules/disable-alert-rule.ts";
import { createSilenceRecurrence } from "#server/respond/silences/create-silence-recurrence.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";

/** Creates a disabled rule, an external alert with its group, a silence of something else, and a recurring silence. */
export async function createAlertRows(ctx: Context, endpointId: string, secret: string) {
  const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;
  const { id: alertRuleId } = await createAlertRule(ctx, { name: secret, endpointId, spec, severity: "ticket" });
  await disableAlertRule(ctx, { ruleId: alertRuleId });
  const labels = { alertname: "Alarm", severity: "page" };
  const startsAt = new Date();
  const later = (ms: number) => new Date(startsAt.getTime() + ms);
  const alert = { labels, annotations: { summary: secret }, endsAt: later(dayMs) };
  await receiveAlerts(ctx, [alert], { afterChange: notifyAfterChange, source: "api" });
  const ofWorkspace = eq(alertGroups.workspaceId, ctx.actor.workspaceId);
  const isIts = and(ofWorkspace, eq(alertGroups.labels, { alertname: "Alarm" }));
  const [group] = await ctx.db.select({ id: alertGroups.id }).from(alertGroups).where(isIts);
  const matchers = [{ name: "alertname", value: "Other", isRegex: false }];
  const silence = await setSilence(ctx, { matchers, startsAt, endsAt: later(hourMs), comment: secret });
  const again = { matchers, rule: "FREQ=DAILY", startsAt: later(hourMs), durationMs: hourMs, comment: secret };
  const recurrence = await createSilenceRecurrence(ctx, again);
  return {
    alertRuleId,
    alertGroupId: group?.id as string,
    fingerprint: fingerprint(labels),
    silenceId: silence.id,
    silenceRecurrenceId: recurrence.id,
  };
}
