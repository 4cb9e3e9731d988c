import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { apiTokens, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { ListTokens, Token } from "../contract.ts";

/**
 * Tokens, newest first: one's own, or everybody's for an admin.
 * @returns `next`, the `after` of the following page; undefined at the end.
 */
export async function listTokens(ctx: Context, input: ListTokens): Promise<{ tokens: Token[]; next?: string }> {
  permit(ctx, "listTokens");
  const { limit, after } = ListTokens.parse(input);
  const rows = await select(ctx, after ? before(after) : undefined).limit(limit + 1);
  const tokens = rows.slice(0, limit).map((row) => Token.parse(row));
  const last = tokens.at(-1);
  return rows.length > limit && last ? { tokens, next: last.id } : { tokens };
}

/** Returns one token; only admins find tokens of other users. @throws DomainError "not-found" */
export async function getToken(ctx: Context, tokenId: string): Promise<Token> {
  permit(ctx, "getToken");
  return loadToken(ctx, tokenId);
}

/** Returns the same when the caller has checked permissions. @throws DomainError "not-found" */
export async function loadToken(ctx: Context, tokenId: string): Promise<Token> {
  const [row] = await select(ctx, eq(apiTokens.id, tokenId));
  if (!row) throw new DomainError("not-found", "Token not found. See Settings, Tokens for a list.");
  return Token.parse(row);
}

/** Returns the id of the user who calls, or for whom the caller acts; undefined for a system actor. */
export async function ownUserId(ctx: Context): Promise<string | undefined> {
  if (ctx.actor.kind !== "token") return ctx.actor.kind === "user" ? ctx.actor.id : undefined;
  const [token] = await ctx.db
    .select({ userId: apiTokens.userId })
    .from(apiTokens)
    .where(eq(apiTokens.id, ctx.actor.id));
  return token?.userId;
}

function select(ctx: Context, where: SQL | undefined) {
  const { id, name, prefix, scopes, endpoints, createdAt, expiresAt, lastUsedAt, revokedAt } = apiTokens;
  return ctx.db
    .select({
      id,
      name,
      prefix,
      scopes,
      endpoints,
      createdAt,
      expiresAt,
      lastUsedAt,
      revokedAt,
      ownerId: users.id,
      ownerName: users.name,
    })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(and(eq(apiTokens.workspaceId, ctx.actor.workspaceId), visible(ctx), where))
    .orderBy(desc(createdAt), desc(id));
}

/** Returns the condition for visible tokens: other roles than admin see only the tokens of their own user. */
function visible(ctx: Context): SQL | undefined {
  if (ctx.actor.role === "admin") return undefined;
  if (ctx.actor.kind === "user") return eq(apiTokens.userId, ctx.actor.id);
  return sql`${apiTokens.userId} = (select user_id from api_tokens as own where own.id::text = ${ctx.actor.id})`;
}

/** Returns the condition for rows after the marked one in the order, at the column's full resolution. */
function before(tokenId: string): SQL {
  const mark = sql`(select mark.created_at, mark.id from api_tokens as mark where mark.id = ${tokenId})`;
  return sql`(${apiTokens.createdAt}, ${apiTokens.id}) < ${mark}`;
}
