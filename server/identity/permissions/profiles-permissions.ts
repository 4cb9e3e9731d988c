import type { Permission } from "./permission.ts";

/** References of versions. */
export const profilesPermissions = {} as const satisfies Record<string, Permission>;
