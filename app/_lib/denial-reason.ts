import type { Role } from "#server/base/context.ts";
import { type PermissionName, permissions } from "#server/platform/permissions/permissions.ts";

const order: readonly Role[] = ["viewer", "member", "operator", "admin"];

/** Explains why a button is disabled for a role: "requires the member role"; undefined when it is enabled. The command checks it again. */
export function denialReason(role: Role, name: PermissionName): string | undefined {
  const needed = permissions[name].role;
  return order.indexOf(role) >= order.indexOf(needed) ? undefined : `requires the ${needed} role`;
}
