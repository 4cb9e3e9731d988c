import type { Permission } from "./permission.ts";

export const sloPermissions = {} as const satisfies Record<string, Permission>;
