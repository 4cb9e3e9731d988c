import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { apiTokens, memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import type { ServiceAccount } from "../contract.ts";

/** Maximum number of service accounts listed. */
const maxListed = 500;

/** Lists the service accounts of the workspace by name, including disabled ones; at most 500. */
export async function listServiceAccounts(ctx: Context): Promise<ServiceAccount[]> {
  permit(ctx, "listServiceAccounts");
  return select(ctx, undefined).limit(maxListed);
}

/** Returns a service account inside a command. The caller has checked permissions. @throws DomainError "not-found" */
export async function loadServiceAccount(ctx: Context, id: string): Promise<ServiceAccount> {
  const [account] = await select(ctx, eq(users.id, id));
  if (account) return account;
  throw new DomainError("not-found", "Service account not found. See Settings, Service accounts for a list.");
}

function select(ctx: Context, where: SQL | undefined) {
  const isActive = and(
    sql`${apiTokens.revokedAt} is null`,
    sql`(${apiTokens.expiresAt} is null or ${apiTokens.expiresAt} > now())`,
  );
  return ctx.db
    .select({
      id: users.id,
      name: users.name,
      role: memberships.role,
      createdAt: memberships.createdAt,
      disabledAt: memberships.disabledAt,
      activeTokens: sql<number>`count(${apiTokens.id}) filter (where ${isActive})::int`,
      lastUsedAt: sql`max(${apiTokens.lastUsedAt})`.mapWith(apiTokens.lastUsedAt),
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(apiTokens, eq(apiTokens.userId, users.id))
    .where(and(eq(memberships.workspaceId, ctx.actor.workspaceId), eq(users.kind, "service"), where))
    .groupBy(users.id, memberships.workspaceId, memberships.userId)
    .orderBy(asc(sql`lower(${users.name})`), asc(users.id));
}
