import type { Context, Role } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { type PermissionName, permissions } from "./permissions.ts";

const rank: Record<Role, number> = { viewer: 0, member: 1, operator: 2, admin: 3 };

/**
 * First line of every command and query.
 * @throws DomainError "forbidden" with the role or scope that is missing.
 */
export function permit(ctx: Context, name: PermissionName): void {
  const needed = permissions[name];
  if (rank[ctx.actor.role] < rank[needed.role]) {
    throw new DomainError(
      "forbidden",
      `This needs the role "${needed.role}"; you have "${ctx.actor.role}". An admin can change it under Settings, People.`,
    );
  }
  if (ctx.actor.scopes && !ctx.actor.scopes.includes(needed.scope)) {
    throw new DomainError(
      "forbidden",
      `This token lacks the scope "${needed.scope}". Make one that has it under Settings, Tokens.`,
    );
  }
}
