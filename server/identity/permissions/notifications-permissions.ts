import type { Permission } from "./permission.ts";

export const notificationsPermissions = {} as const satisfies Record<string, Permission>;
