import type { Permission } from "./permission.ts";

export const sloPermissions = {
  postCounts: { role: "member", scope: "alerts" },
} as const satisfies Record<string, Permission>;
