import { and, eq, isNull, type SQL } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Revokes a person's tokens of this workspace. @returns the prefixes of those that were valid, for the audit log */
export function revokeTokensHere(ctx: Context, userId: string, now: Date): Promise<string[]> {
  return revoke(ctx, and(eq(apiTokens.userId, userId), eq(apiTokens.workspaceId, ctx.actor.workspaceId)), now);
}

/** Revokes a person's tokens of every workspace. @returns the prefixes of those that were valid, for the audit log */
export function revokeTokensEverywhere(ctx: Context, userId: string, now: Date): Promise<string[]> {
  return revoke(ctx, eq(apiTokens.userId, userId), now);
}

async function revoke(ctx: Context, where: SQL | undefined, now: Date): Promise<string[]> {
  const revoked = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: now })
    .where(and(where, isNull(apiTokens.revokedAt)))
    .returning({ prefix: apiTokens.prefix });
  return revoked.map((token) => token.prefix);
}
