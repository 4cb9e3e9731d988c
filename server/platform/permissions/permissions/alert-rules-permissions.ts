import type { Permission } from "./permission.ts";

/** Rules, verdicts, and what Alertmanager's clients ask for. */
export const alertRulesPermissions = {
  receiveWebhook: { role: "member", scope: "alerts" },
  listActiveAlerts: { role: "viewer", scope: "alerts:read" },
  listActiveGroups: { role: "viewer", scope: "alerts:read" },
  describeRouting: { role: "viewer", scope: "alerts:read" },
  listAlertRules: { role: "viewer", scope: "alerts:read" },
  getAlertRule: { role: "viewer", scope: "alerts:read" },
  replayAlertRule: { role: "viewer", scope: "alerts:read" },
  ruleQuality: { role: "viewer", scope: "alerts:read" },
  createAlertRule: { role: "operator", scope: "alerts" },
  updateAlertRule: { role: "operator", scope: "alerts" },
  archiveAlertRule: { role: "operator", scope: "alerts" },
  disableAlertRule: { role: "operator", scope: "alerts" },
  enableAlertRule: { role: "operator", scope: "alerts" },
  submitFeedback: { role: "member", scope: "alerts" },
} as const satisfies Record<string, Permission>;
