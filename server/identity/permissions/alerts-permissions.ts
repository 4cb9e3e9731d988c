import type { Permission } from "./permission.ts";

export const alertsPermissions = {} as const satisfies Record<string, Permission>;
