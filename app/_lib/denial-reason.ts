import type { Role } from "#server/base/context.ts";
import { type PermissionName, permissions } from "#server/platform/permissions/permissions.ts";

const order: readonly Role[] = ["viewer", "member", "operator", "admin"];

/** Why a button is off for a role: "needs the role member"; undefined when it is on. The command checks it again. */
export function denialReason(role: Role, name: PermissionName): string | undefined {
  const needed = permissions[name].role;
  return order.indexOf(role) >= order.indexOf(needed) ? undefined : `requires the ${needed} role`;
}
