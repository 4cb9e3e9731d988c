import type { Permission } from "./permission.ts";

/** The debug board. */
export const debugPermissions = {
  getLatencyHeatMap: { role: "viewer", scope: "monitoring:read" },
  getBatching: { role: "viewer", scope: "monitoring:read" },
  compareSegments: { role: "viewer", scope: "monitoring:read" },
  listWatchingRules: { role: "viewer", scope: "alerts:read" },
} as const satisfies Record<string, Permission>;
