import { describeRouting } from "#server/alerting/alerts/alertmanager/describe-routing.ts";
import { listActiveAlerts, listActiveGroups } from "#server/alerting/alerts/alertmanager/queries.ts";
import { receiveWebhook } from "#server/alerting/alerts/webhook/receive-webhook.ts";
import { ruleQuality } from "#server/respond/alert-quality/rule-quality.ts";
import { submitFeedback } from "#server/respond/alert-quality/submit-feedback.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { archiveAlertRule } from "#server/respond/rules/archive-alert-rule.ts";
import { createAlertRule } from "#server/respond/rules/create-alert-rule.ts";
import { disableAlertRule } from "#server/respond/rules/disable-alert-rule.ts";
import { enableAlertRule } from "#server/respond/rules/enable-alert-rule.ts";
import { getAlertRule, listAlertRules } from "#server/respond/rules/queries.ts";
import { replayAlertRule } from "#server/respond/rules/replay/replay-alert-rule.ts";
import { updateAlertRule } from "#server/respond/rules/update-alert-rule.ts";
import type { Calls } from "./call.ts";

const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;
const posted = { labels: { alertname: "Called" } };

/** Rules, verdicts, and what Alertmanager's clients ask for. */
export const alertRuleCalls = {
  receiveWebhook: (ctx) =>
    receiveWebhook(
      ctx,
      {
        version: "4",
        groupKey: "{}:{}",
        status: "firing",
        alerts: [{ status: "firing", ...posted }],
      },
      notifyAfterChange,
    ),
  listActiveAlerts: (ctx) => listActiveAlerts(ctx),
  listActiveGroups: (ctx) => listActiveGroups(ctx),
  describeRouting: (ctx) => describeRouting(ctx),
  listAlertRules: (ctx, { endpointId }) => listAlertRules(ctx, { endpointId }),
  getAlertRule: (ctx, { alertRuleId }) => getAlertRule(ctx, { ruleId: alertRuleId }),
  replayAlertRule: (ctx, { endpointId }) => replayAlertRule(ctx, { endpointId, spec }),
  ruleQuality: (ctx) => ruleQuality(ctx),
  createAlertRule: (ctx, { endpointId }) =>
    createAlertRule(ctx, { name: "another rule", endpointId, spec, severity: "ticket" }),
  updateAlertRule: (ctx, { alertRuleId }) => updateAlertRule(ctx, { ruleId: alertRuleId, name: "renamed" }),
  archiveAlertRule: (ctx, { alertRuleId }) => archiveAlertRule(ctx, { ruleId: alertRuleId }),
  disableAlertRule: (ctx, { alertRuleId }) => disableAlertRule(ctx, { ruleId: alertRuleId }),
  enableAlertRule: (ctx, { alertRuleId }) => enableAlertRule(ctx, { ruleId: alertRuleId }),
  submitFeedback: (ctx, { alertGroupId }) => submitFeedback(ctx, { groupId: alertGroupId, verdict: "noise" }),
} as const satisfies Calls;
