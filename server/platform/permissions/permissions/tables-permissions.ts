import type { Permission } from "./permission.ts";

/** Tables of experiments and runs, the health of runs, saved views. */
export const tablesPermissions = {
  // tables of experiments and runs
  getRunTable: { role: "viewer", scope: "read" },
  getRunRelatives: { role: "viewer", scope: "read" },
  listExperimentSummaries: { role: "viewer", scope: "tracking:read" },
  getExperimentHead: { role: "viewer", scope: "tracking:read" },
  getExperimentSummary: { role: "viewer", scope: "tracking:read" },
  listRunColumns: { role: "viewer", scope: "tracking:read" },
  listSmallCurves: { role: "viewer", scope: "tracking:read" },
  // health of runs
  listRunFindings: { role: "viewer", scope: "tracking:read" },
  listWorkspaceFindings: { role: "viewer", scope: "tracking:read" },
  listRunValues: { role: "viewer", scope: "tracking:read" },
  listRunFiles: { role: "viewer", scope: "tracking:read" },
  getRunEnvironment: { role: "viewer", scope: "tracking:read" },
  listNanStarts: { role: "viewer", scope: "tracking:read" },
  listLastSteps: { role: "viewer", scope: "tracking:read" },
  searchRunFields: { role: "viewer", scope: "tracking:read" },
  listFieldValues: { role: "viewer", scope: "tracking:read" },
  groupRuns: { role: "viewer", scope: "tracking:read" },
  getGroupedRuns: { role: "viewer", scope: "tracking:read" },
  getRunWorkspace: { role: "viewer", scope: "read" },
  getChartCurves: { role: "viewer", scope: "tracking:read" },
  exportRuns: { role: "viewer", scope: "read" },
  tagRuns: { role: "member", scope: "tracking" },
  deleteRuns: { role: "member", scope: "tracking" },
  restoreRuns: { role: "member", scope: "tracking" },
  // saved views
  listViews: { role: "viewer", scope: "tracking:read" },
  createView: { role: "member", scope: "tracking" },
  updateView: { role: "member", scope: "tracking" },
  deleteView: { role: "member", scope: "tracking" },
} as const satisfies Record<string, Permission>;
