import type { Permission } from "./permission.ts";

/** Prices, usage, budgets. */
export const costPermissions = {} as const satisfies Record<string, Permission>;
