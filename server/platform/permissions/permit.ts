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
  requirePasswordChange(ctx, needed);
  if (rank[ctx.actor.role] < rank[needed.role]) {
    throw new DomainError(
      "forbidden",
      `This requires the "${needed.role}" role; you have "${ctx.actor.role}". Ask an admin to change it under Settings, People.`,
    );
  }
  requireScope(ctx, needed.scope);
  if (needed.requiresPerson) requirePerson(ctx);
  requireBoundTokens(ctx, needed);
  if (ctx.actor.run && ctx.actor.kind !== "system" && !needed.runTokens) {
    throw new DomainError(
      "forbidden",
      "This token is for one run of a training job. Use a token of your own for this.",
    );
  }
}

/** Whether permit lets it pass, for a query that shows more to some callers than to others. */
export function isPermitted(ctx: Context, name: PermissionName): boolean {
  try {
    permit(ctx, name);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

/** Whether the caller has the role that an action needs, whatever the scopes of its token: those of clients are for inference alone. */
export function hasRoleFor({ actor }: Pick<Context, "actor">, name: PermissionName): boolean {
  return rank[actor.role] >= rank[permissions[name].role];
}

/** An initial password was seen by the admin who generated it, so it allows nothing but replacing it. */
function requirePasswordChange({ actor }: Context, needed: Permission): void {
  if (!actor.mustChangePassword || needed.isAllowedBeforePasswordChange) return;
  throw new DomainError(
    "forbidden",
    "Change your initial password first: sign in to the console, or PUT /api/v1/viewer/password. API tokens are not affected.",
  );
}

/** A token that is bound to endpoints reaches nothing of others. */
function requireBoundTokens({ actor }: Context, needed: Permission): void {
  // Leeway itself reads for such a token with its endpoints, and limits each of its queries to them.
  if (!actor.endpoints || actor.kind === "system" || needed.boundTokens) return;
  const bound = actor.endpoints.map((endpoint) => `"${endpoint}"`).join(", ");
  throw new DomainError(
    "forbidden",
    `This token is limited to ${bound}, and this concerns the complete workspace. Create a token for all endpoints under Settings, Tokens.`,
  );
}

/**
 * Checks the scope that a command needs for a part of its work, in addition to permit.
 * @param why a sentence that says what needs it, where the caller cannot know
 * @throws DomainError "forbidden"
 */
export function requireScope(ctx: Context, scope: Scope, why?: string): void {
  const { scopes } = ctx.actor;
  if (scopes && !covers(scopes, scope)) {
    const lacks = `This token lacks the "${scope}" scope. Create one that has it under Settings, Tokens.`;
    throw new DomainError("forbidden", why === undefined ? lacks : `${why} ${lacks}`);
  }
  if (scope === "users") requirePerson(ctx);
}

function requirePerson({ actor }: Context): void {
  if (!actor.isServiceAccount) return;
  throw new DomainError("forbidden", "Service accounts cannot do this. Sign in, or use a personal token.");
}

/** Returns whether these scopes of a token include the needed one: "read" covers reading any resource but people, "users" also reading them. */
export function covers(scopes: readonly string[], needed: Scope): boolean {
  if (needed === "users:read") return scopes.includes(needed) || scopes.includes("users");
  return scopes.includes(needed) || (needed.endsWith(":read") && scopes.includes("read"));
}
