import type { Permission } from "./permission.ts";

/** Runs over labels, where tasks come from, and where labels go. Viewers see numbers, members items, operators people. */
export const labelFlowPermissions = {
  listLabelRuns: { role: "viewer", scope: "labels:read" },
  getLabelRun: { role: "viewer", scope: "labels:read" },
  listSuspects: { role: "operator", scope: "labels:review" },
  requestLabelRun: { role: "member", scope: "labels:manage" },
  performLabelRun: { role: "admin", scope: "labels:manage" },
  recordSettledLabels: { role: "admin", scope: "labels:manage" },
  fillProject: { role: "admin", scope: "labels:manage" },
  maintainTasks: { role: "admin", scope: "labels:manage" },
  maintainLabels: { role: "admin", scope: "labels:manage" },
  exportToDataset: { role: "member", scope: "labels:manage" },
  freezeAudit: { role: "member", scope: "labels:manage" },
  performExport: { role: "admin", scope: "labels:manage" },
  getLabelFlow: { role: "viewer", scope: "labels:read" },
  getLabelTrigger: { role: "viewer", scope: "labels:read" },
  getPreLabelComparison: { role: "viewer", scope: "labels:read" },
  getLabelSummary: { role: "viewer", scope: "labels:read" },
  listLabelBacklogs: { role: "viewer", scope: "labels:read" },
  getPersonHistory: { role: "member", scope: "labels:read" },
  getOthersHistory: { role: "operator", scope: "labels:review" },
  sendToLabels: { role: "member", scope: "labels:manage" },
  addDatasetRows: { role: "member", scope: "labels:manage" },
  relabelTasks: { role: "member", scope: "labels:manage" },
} as const satisfies Record<string, Permission>;
