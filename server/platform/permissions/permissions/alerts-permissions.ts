import type { Permission } from "./permission.ts";

/** Alerts, their groups, silences and routes. */
export const alertsPermissions = {
  receiveAlerts: { role: "member", scope: "alerts" },
  listAlerts: { role: "viewer", scope: "alerts:read" },
  getAlert: { role: "viewer", scope: "alerts:read" },
  listAlertGroups: { role: "viewer", scope: "alerts:read" },
  getAlertGroup: { role: "viewer", scope: "alerts:read" },
  acknowledgeGroup: { role: "member", scope: "alerts" },
  unacknowledgeGroup: { role: "member", scope: "alerts" },
  listAlertEvents: { role: "viewer", scope: "alerts:read" },
  traceAlert: { role: "viewer", scope: "alerts:read" },
  listSilences: { role: "viewer", scope: "alerts:read" },
  getSilence: { role: "viewer", scope: "alerts:read" },
  previewSilence: { role: "viewer", scope: "alerts:read" },
  setSilence: { role: "member", scope: "alerts" },
  expireSilence: { role: "member", scope: "alerts" },
  listSilenceRecurrences: { role: "viewer", scope: "alerts:read" },
  createSilenceRecurrence: { role: "member", scope: "alerts" },
  endSilenceRecurrence: { role: "member", scope: "alerts" },
  getRouting: { role: "viewer", scope: "alerts:read" },
  listRoutingRevisions: { role: "viewer", scope: "alerts:read" },
  setRouting: { role: "operator", scope: "alerts" },
  testRoute: { role: "viewer", scope: "alerts:read" },
} as const satisfies Record<string, Permission>;
