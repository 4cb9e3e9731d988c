import { describeRouting } from "#server/alerts/alertmanager/describe-routing.ts";
import { listStandingAlerts, listStandingGroups } from "#server/alerts/alertmanager/queries.ts";
import { giveVerdict } from "#server/alerts/quality/give-verdict.ts";
import { ruleQuality } from "#server/alerts/quality/rule-quality.ts";
import { archiveAlertRule } from "#server/alerts/rules/archive-alert-rule.ts";
import { createAlertRule } from "#server/alerts/rules/create-alert-rule.ts";
import { disableAlertRule } from "#server/alerts/rules/disable-alert-rule.ts";
import { enableAlertRule } from "#server/alerts/rules/enable-alert-rule.ts";
import { getAlertRule, listAlertRules } from "#server/alerts/rules/queries.ts";
import { replayAlertRule } from "#server/alerts/rules/replay/replay-alert-rule.ts";
import { updateAlertRule } from "#server/alerts/rules/update-alert-rule.ts";
import { receiveWebhook } from "#server/alerts/webhook/receive-webhook.ts";
import type { Calls } from "./call.ts";

const spec = { kind: "threshold", metric: "p95-ms", op: ">", value: 100 } as const;
const posted = { labels: { alertname: "Called" } };

/** Rules, verdicts, and what Alertmanager's clients ask for. */
export const alertRuleCalls = {
  receiveWebhook: (ctx) =>
    receiveWebhook(ctx, {
      version: "4",
      groupKey: "{}:{}",
      status: "firing",
      alerts: [{ status: "firing", ...posted }],
    }),
  listStandingAlerts: (ctx) => listStandingAlerts(ctx),
  listStandingGroups: (ctx) => listStandingGroups(ctx),
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
  giveVerdict: (ctx, { alertGroupId }) => giveVerdict(ctx, { groupId: alertGroupId, verdict: "noise" }),
} as const satisfies Calls;
