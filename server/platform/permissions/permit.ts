import type { Context, Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Scope } from "./permissions/permission.ts";
import { type PermissionName, permissions } from "./permissions.ts";

const rank: Record<Role, number> = { viewer: 0, member: 1, operator: 2, admin: 3 };

/**
 * Checks permissions, as the first line of every command and query.
 * @throws DomainError "forbidden" with the missing role or scope.
 */
export function permit(ctx: Context, name: PermissionName): void {
  const needed = permissions[name];
  if (rank[ctx.actor.role] < rank[needed.role]) {
    throw new DomainError(
      "forbidden",
      `This requires the "${needed.role}" role; you have "${ctx.actor.role}". Ask an admin to change it under Settings, People.`,
    );
  }
  if (ctx.actor.scopes && !covers(ctx.actor.scopes, needed.scope)) {
    throw new DomainError(
      "forbidden",
      `This token lacks the "${needed.scope}" scope. Create one that has it under Settings, Tokens.`,
    );
  }
}

/** Returns whether these scopes of a token include the needed one: "read" covers reading any resource. */
export function covers(scopes: readonly string[], needed: Scope): boolean {
  return scopes.includes(needed) || (needed.endsWith(":read") && scopes.includes("read"));
}
