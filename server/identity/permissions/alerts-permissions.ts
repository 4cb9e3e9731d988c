import type { Permission } from "./permission.ts";

export const alertsPermissions = {
  receiveAlerts: { role: "member", scope: "alerts" },
} as const satisfies Record<string, Permission>;
