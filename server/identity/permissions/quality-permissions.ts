import type { Permission } from "./permission.ts";

/** Labels, estimates, fairness, consistency. */
export const qualityPermissions = {} as const satisfies Record<string, Permission>;
