import type { Role } from "#server/context.ts";
import { permissions } from "#server/identity/permissions.ts";

const order: readonly Role[] = ["viewer", "member", "operator", "admin"];

/** Why buttons that change what serves are off for a role; undefined when they are on. The command checks it again. */
export function whyNotDeploy(role: Role): string | undefined {
  const needed = permissions.deployVersion.role;
  return order.indexOf(role) >= order.indexOf(needed) ? undefined : `needs the role ${needed}`;
}
