import type { Context, Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Permission, Scope } from "./permissions/permission.ts";
import { type PermissionName, permissions } from "./permissions.ts";

const rank: Record<Role, number> = { viewer: 0, member: 1, operator: 2, admin: 3 };

/**
 * Checks permissions, as the first line of every command and query.
 * @throws DomainError "forbidden" with the missing role or scope, or for a token that is bound to endpoints.
 */
export function permit(ctx: Context, name: PermissionName): void {
  const needed: Permission = permissions[name];
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
  // Leeway itself reads for such a token with its endpoints, and limits each of its queries to them.
  if (ctx.actor.endpoints && ctx.actor.kind !== "system" && !needed.boundTokens) {
    const bound = ctx.actor.endpoints.map((endpoint) => `"${endpoint}"`).join(", ");
    throw new DomainError(
      "forbidden",
      `This token is limited to ${bound}, and this concerns the complete workspace. Create a token for all endpoints under Settings, Tokens.`,
    );
  }
}

/** Returns whether these scopes of a token include the needed one: "read" covers reading any resource. */
export function covers(scopes: readonly string[], needed: Scope): boolean {
  return scopes.includes(needed) || (needed.endsWith(":read") && scopes.includes("read"));
}
