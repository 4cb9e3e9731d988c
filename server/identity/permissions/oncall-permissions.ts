import type { Permission } from "./permission.ts";

export const oncallPermissions = {} as const satisfies Record<string, Permission>;
