import type { Permission } from "./permission.ts";

export const incidentsPermissions = {} as const satisfies Record<string, Permission>;
