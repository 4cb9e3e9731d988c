import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Revokes a person's tokens of this workspace. @returns the prefixes of those that were valid, for the audit log */
export async function revokeTokensHere(ctx: Context, userId: string, now: Date): Promise<string[]> {
  const ofMember = and(eq(apiTokens.userId, userId), eq(apiTokens.workspaceId, ctx.actor.workspaceId));
  const revoked = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: now })
    .where(and(ofMember, isNull(apiTokens.revokedAt)))
    .returning({ prefix: apiTokens.prefix });
  return revoked.map((token) => token.prefix);
}
