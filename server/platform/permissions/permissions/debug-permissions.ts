import type { Permission } from "./permission.ts";

/** The debug board. */
export const debugPermissions = {
  getLatencyHeatMap: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  getBatching: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  compareSegments: { role: "viewer", scope: "monitoring:read", boundTokens: "own" },
  listWatchingRules: { role: "viewer", scope: "alerts:read" },
} as const satisfies Record<string, Permission>;
