import type { Permission } from "./permission.ts";

/** Executive reports, reviews, digests, what the business counts, and the lineage of everything. */
export const reportsPermissions = {
  getReport: { role: "viewer", scope: "reports:read", boundTokens: "own" },
  getReview: { role: "viewer", scope: "reports:read", boundTokens: "own" },
  getDigest: { role: "viewer", scope: "reports:read" },
  setDigest: { role: "viewer", scope: "reports" },
  tickReview: { role: "member", scope: "reports" },
  untickReview: { role: "member", scope: "reports" },
  walkLineage: { role: "viewer", scope: "read" },
  listKpis: { role: "viewer", scope: "reports:read" },
  getKpi: { role: "viewer", scope: "reports:read" },
  getKpiResults: { role: "viewer", scope: "reports:read" },
  getKpiReturn: { role: "viewer", scope: "reports:read" },
  createKpi: { role: "member", scope: "reports" },
  updateKpi: { role: "member", scope: "reports" },
  archiveKpi: { role: "operator", scope: "reports" },
  recordKpiEvents: { role: "member", scope: "reports" },
} as const satisfies Record<string, Permission>;
