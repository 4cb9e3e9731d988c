import type { Permission } from "./permission.ts";

/** How endpoints are watched: references, drift, data quality, quality, findings. */
export const monitoringPermissions = {} as const satisfies Record<string, Permission>;
