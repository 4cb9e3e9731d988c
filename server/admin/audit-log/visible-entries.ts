import { and, eq, isNull, ne, type SQL, sql } from "drizzle-orm";
import { auditEvents, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { newNetworkAction } from "#server/platform/identity/tokens/note-network.ts";
import { ownUserId } from "#server/platform/identity/tokens/queries.ts";
import { isInstanceAdmin, requireInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import type { AuditScope } from "./contract.ts";

/** Whether the caller may see network addresses in the workspace's entries: an admin, but not through a token that only reads. */
export function seesAddresses(ctx: Context): boolean {
  return ctx.actor.role === "admin" && namesSettings(ctx);
}

/** Whether the caller is no token, or one that was given a scope of settings by its name: "read" is not enough for what is about people. */
function namesSettings({ actor }: Context): boolean {
  return actor.scopes === undefined || actor.scopes.includes("settings") || actor.scopes.includes("settings:read");
}

/** Returns the condition for the entries of a scope. @throws DomainError "forbidden" when the caller may not read it */
export async function ofScope(ctx: Context, scope: AuditScope): Promise<SQL | undefined> {
  if (scope === "workspace") return ofWorkspace(ctx);
  if (!namesSettings(ctx))
    throw new DomainError("forbidden", 'Sign-ins require a token with the "settings:read" scope.');
  if (scope === "own-sign-ins") return ownSignIns(ctx);
  await requireInstanceAdmin(ctx);
  return isNull(auditEvents.workspaceId);
}

/** Returns the condition for the entries of the caller's workspace. Where its tokens are used from is for admins. */
export function ofWorkspace(ctx: Context): SQL | undefined {
  return and(
    eq(auditEvents.workspaceId, ctx.actor.workspaceId),
    seesAddresses(ctx) ? undefined : ne(auditEvents.action, newNetworkAction),
  );
}

/** Returns the condition for the entries above workspaces that the caller may see one by one. */
export async function visibleInstallationEntries(ctx: Context): Promise<SQL | undefined> {
  if (!namesSettings(ctx)) return sql`false`;
  return (await isInstanceAdmin(ctx)) ? isNull(auditEvents.workspaceId) : ownSignIns(ctx);
}

/** Returns the condition for entries about the sign-ins of the caller. */
async function ownSignIns(ctx: Context): Promise<SQL | undefined> {
  const userId = await ownUserId(ctx);
  if (!userId) return sql`false`;
  const own = ctx.db
    .select({ subject: sql`'user/' || ${users.email}` })
    .from(users)
    .where(eq(users.id, userId));
  return and(isNull(auditEvents.workspaceId), eq(auditEvents.subject, sql`(${own})`));
}
