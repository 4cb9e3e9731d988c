import type { Permission } from "./permission.ts";

/** Training jobs. Members submit and stop; operators may put a job before others; admins look after engines, which run any code. */
export const trainingPermissions = {
  listEngines: { role: "viewer", scope: "training:read" },
  createEngine: { role: "admin", scope: "training:engines" },
  updateEngine: { role: "admin", scope: "training:engines" },
  listQuotas: { role: "viewer", scope: "training:read" },
  setQuota: { role: "admin", scope: "training:engines" },
  listTemplates: { role: "viewer", scope: "training:read" },
  saveTemplate: { role: "member", scope: "training" },
  installTemplate: { role: "member", scope: "training" },
  archiveTemplate: { role: "member", scope: "training" },
  listJobs: { role: "viewer", scope: "training:read" },
  getJob: { role: "viewer", scope: "training:read" },
  readTrainingLog: { role: "viewer", scope: "training:read" },
  listTrainingCheckpoints: { role: "viewer", scope: "training:read" },
  uploadPackage: { role: "member", scope: "training" },
  submitJob: { role: "member", scope: "training" },
  submitUrgentJob: { role: "operator", scope: "training" },
  stopJob: { role: "member", scope: "training" },
  preemptJob: { role: "member", scope: "training" },
  checkRerun: { role: "viewer", scope: "training:read" },
  rerunJob: { role: "member", scope: "training" },
  getReproducibility: { role: "viewer", scope: "training:read" },
  listTrainingCache: { role: "viewer", scope: "training:read" },
  maintainTraining: { role: "admin", scope: "training:engines" },
  // Part of what the program of a job does with its own token.
  useTrainingCache: { role: "member", scope: "tracking", runTokens: true },
  listSweeps: { role: "viewer", scope: "training:read" },
  getSweep: { role: "viewer", scope: "training:read" },
  startSweep: { role: "member", scope: "training" },
  stopSweep: { role: "member", scope: "training" },
} as const satisfies Record<string, Permission>;
