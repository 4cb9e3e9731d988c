import type { Permission } from "./permission.ts";

/** Endpoints, deployments, predictions, inference. */
export const servingPermissions = {
  listEndpoints: { role: "viewer", scope: "serving:read" },
  getEndpoint: { role: "viewer", scope: "serving:read" },
  getEndpointSeries: { role: "viewer", scope: "serving:read" },
  listPredictions: { role: "viewer", scope: "serving:read" },
  getProtection: { role: "viewer", scope: "serving:read" },
  getViolations: { role: "viewer", scope: "serving:read" },
  setProtection: { role: "operator", scope: "serving" },
  getCache: { role: "viewer", scope: "serving:read" },
  setCache: { role: "operator", scope: "serving" },
  createEndpoint: { role: "operator", scope: "serving" },
  updateEndpoint: { role: "operator", scope: "serving" },
  archiveEndpoint: { role: "operator", scope: "serving" },
  loadEndpoint: { role: "operator", scope: "serving" },
  unloadEndpoint: { role: "operator", scope: "serving" },
  deployVersion: { role: "operator", scope: "serving" },
  recordLabels: { role: "member", scope: "infer" },
  infer: { role: "viewer", scope: "infer" },
  runPlayground: { role: "viewer", scope: "infer" },
} as const satisfies Record<string, Permission>;
