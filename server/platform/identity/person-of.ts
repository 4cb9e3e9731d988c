import { and, eq } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the user behind a context: the signed-in user, or the owner of the token. Null for Leeway itself. */
export async function personOf(ctx: Context): Promise<string | null> {
  const { kind, id, workspaceId } = ctx.actor;
  if (kind !== "token") return kind === "user" ? id : null;
  const [token] = await ctx.db
    .select({ userId: apiTokens.userId })
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), eq(apiTokens.workspaceId, workspaceId)));
  return token?.userId ?? null;
}
