import type { Permission } from "./permission.ts";

/** Executive reports, reviews, digests and what the business counts. */
export const reportsPermissions = {
  getReport: { role: "viewer", scope: "reports:read" },
} as const satisfies Record<string, Permission>;
