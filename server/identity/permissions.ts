import type { Role } from "#server/context.ts";

/** What an API token can be limited to. */
export const scopes = ["read", "tracking", "registry", "serving", "infer", "settings"] as const;
export type Scope = (typeof scopes)[number];

interface Permission {
  /** Lowest role that may. */
  role: Role;
  /** Scope a token needs besides. */
  scope: Scope;
}

/**
 * Every command and query by name, and who may call it. A test calls each as every role,
 * and does not compile while one is missing there.
 */
export const permissions = {
  // identity
  getViewer: { role: "viewer", scope: "read" },
  listUsers: { role: "viewer", scope: "settings" },
  getUser: { role: "viewer", scope: "settings" },
  createUser: { role: "admin", scope: "settings" },
  changeRole: { role: "admin", scope: "settings" },
  disableUser: { role: "admin", scope: "settings" },
  enableUser: { role: "admin", scope: "settings" },
  resetPassword: { role: "admin", scope: "settings" },
  changePassword: { role: "viewer", scope: "settings" },
  listTokens: { role: "viewer", scope: "settings" },
  getToken: { role: "viewer", scope: "settings" },
  createToken: { role: "viewer", scope: "settings" },
  revokeToken: { role: "viewer", scope: "settings" },
  renameWorkspace: { role: "admin", scope: "settings" },
  readAuditLog: { role: "viewer", scope: "read" },
  getAuditEvent: { role: "viewer", scope: "read" },
  lastChanges: { role: "viewer", scope: "read" },
  // events
  watchEvents: { role: "viewer", scope: "read" },
  // overview
  getOverview: { role: "viewer", scope: "read" },
  getGettingStarted: { role: "viewer", scope: "read" },
  // tables of experiments and runs
  getRunTable: { role: "viewer", scope: "read" },
  getRunRelatives: { role: "viewer", scope: "read" },
  listExperimentSummaries: { role: "viewer", scope: "read" },
  getExperimentSummary: { role: "viewer", scope: "read" },
  listRunColumns: { role: "viewer", scope: "read" },
  listSmallCurves: { role: "viewer", scope: "read" },
  listNanStarts: { role: "viewer", scope: "read" },
  // search
  searchEverything: { role: "viewer", scope: "read" },
  // serving
  listEndpoints: { role: "viewer", scope: "read" },
  getEndpoint: { role: "viewer", scope: "read" },
  getEndpointSeries: { role: "viewer", scope: "read" },
  listPredictions: { role: "viewer", scope: "read" },
  createEndpoint: { role: "operator", scope: "serving" },
  updateEndpoint: { role: "operator", scope: "serving" },
  archiveEndpoint: { role: "operator", scope: "serving" },
  deployVersion: { role: "operator", scope: "serving" },
  recordLabels: { role: "member", scope: "infer" },
  infer: { role: "viewer", scope: "infer" },
  runPlayground: { role: "viewer", scope: "infer" },
  // registry
  listModels: { role: "viewer", scope: "read" },
  getModel: { role: "viewer", scope: "read" },
  getModelSummary: { role: "viewer", scope: "read" },
  listVersions: { role: "viewer", scope: "read" },
  getVersion: { role: "viewer", scope: "read" },
  getVersionDetails: { role: "viewer", scope: "read" },
  listVersionDetails: { role: "viewer", scope: "read" },
  listVersionsOfRuns: { role: "viewer", scope: "read" },
  getVersionByAlias: { role: "viewer", scope: "read" },
  getLatestVersions: { role: "viewer", scope: "read" },
  openModelFile: { role: "viewer", scope: "read" },
  searchRegisteredModels: { role: "viewer", scope: "read" },
  searchModelVersions: { role: "viewer", scope: "read" },
  createRegisteredModel: { role: "member", scope: "registry" },
  renameRegisteredModel: { role: "member", scope: "registry" },
  updateRegisteredModel: { role: "member", scope: "registry" },
  deleteRegisteredModel: { role: "member", scope: "registry" },
  setModelTag: { role: "member", scope: "registry" },
  deleteModelTag: { role: "member", scope: "registry" },
  setAlias: { role: "member", scope: "registry" },
  deleteAlias: { role: "member", scope: "registry" },
  createModelVersion: { role: "member", scope: "registry" },
  registerUpload: { role: "member", scope: "registry" },
  updateModelVersion: { role: "member", scope: "registry" },
  deleteModelVersion: { role: "member", scope: "registry" },
  setVersionTag: { role: "member", scope: "registry" },
  deleteVersionTag: { role: "member", scope: "registry" },
  transitionStage: { role: "member", scope: "registry" },
  requestInspection: { role: "member", scope: "registry" },
  inspectVersion: { role: "admin", scope: "registry" },
  // tracking
  createDefaultExperiment: { role: "admin", scope: "tracking" },
  createExperiment: { role: "member", scope: "tracking" },
  renameExperiment: { role: "member", scope: "tracking" },
  deleteExperiment: { role: "member", scope: "tracking" },
  restoreExperiment: { role: "member", scope: "tracking" },
  setExperimentTag: { role: "member", scope: "tracking" },
  deleteExperimentTag: { role: "member", scope: "tracking" },
  createRun: { role: "member", scope: "tracking" },
  updateRun: { role: "member", scope: "tracking" },
  deleteRun: { role: "member", scope: "tracking" },
  restoreRun: { role: "member", scope: "tracking" },
  setRunTag: { role: "member", scope: "tracking" },
  deleteRunTag: { role: "member", scope: "tracking" },
  logParam: { role: "member", scope: "tracking" },
  logMetric: { role: "member", scope: "tracking" },
  logBatch: { role: "member", scope: "tracking" },
  logInputs: { role: "member", scope: "tracking" },
  logOutputs: { role: "member", scope: "tracking" },
  logModelJson: { role: "member", scope: "tracking" },
  createLoggedModel: { role: "member", scope: "tracking" },
  logLoggedModelParams: { role: "member", scope: "tracking" },
  finishLoggedModel: { role: "member", scope: "tracking" },
  deleteLoggedModel: { role: "member", scope: "tracking" },
  setLoggedModelTags: { role: "member", scope: "tracking" },
  deleteLoggedModelTag: { role: "member", scope: "tracking" },
  storeArtifact: { role: "member", scope: "tracking" },
  removeArtifact: { role: "member", scope: "tracking" },
  getExperiment: { role: "viewer", scope: "read" },
  getExperimentByName: { role: "viewer", scope: "read" },
  searchExperiments: { role: "viewer", scope: "read" },
  searchDatasets: { role: "viewer", scope: "read" },
  getRun: { role: "viewer", scope: "read" },
  searchRuns: { role: "viewer", scope: "read" },
  listRunModels: { role: "viewer", scope: "read" },
  getMetricHistory: { role: "viewer", scope: "read" },
  getMetricHistoryOfRuns: { role: "viewer", scope: "read" },
  sampleMetricHistory: { role: "viewer", scope: "read" },
  getMetricCurves: { role: "viewer", scope: "read" },
  purgePoints: { role: "member", scope: "tracking" },
  countPointBytes: { role: "viewer", scope: "read" },
  getLoggedModel: { role: "viewer", scope: "read" },
  searchLoggedModels: { role: "viewer", scope: "read" },
  listArtifacts: { role: "viewer", scope: "read" },
  openArtifact: { role: "viewer", scope: "read" },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof permissions;
