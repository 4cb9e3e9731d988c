import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { apiTokens, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { covers, permit } from "../../permissions/permit.ts";
import { ListTokens, Token } from "../contract.ts";
import { ancestorRevokedAt } from "./ancestors.ts";

/**
 * Tokens, newest first: one's own, or everybody's for an admin; with a token only if it may read users. Those of training jobs, which Leeway
 * makes for each attempt, are not among them.
 * @returns `next`, the `after` of the following page; undefined at the end.
 */
export async function listTokens(ctx: Context, input: ListTokens): Promise<{ tokens: Token[]; next?: string }> {
  permit(ctx, "listTokens");
  const { limit, after } = ListTokens.parse(input);
  const rows = await select(ctx, and(visible(ctx), isNull(apiTokens.runId), after ? before(after) : undefined)).limit(
    limit + 1,
  );
  const tokens = rows.slice(0, limit).map((row) => Token.parse(row));
  const last = tokens.at(-1);
  return rows.length > limit && last ? { tokens, next: last.id } : { tokens };
}

/** Returns one token; only admins find tokens of other users, with tokens that may read users. @throws DomainError "not-found" */
export async function getToken(ctx: Context, tokenId: string): Promise<Token> {
  permit(ctx, "getToken");
  return requireToken(await select(ctx, and(eq(apiTokens.id, tokenId), visible(ctx))));
}

/** Returns a token of the workspace inside a command. The caller has checked permissions. @throws DomainError "not-found" */
export async function loadToken(ctx: Context, tokenId: string): Promise<Token> {
  return requireToken(await select(ctx, eq(apiTokens.id, tokenId)));
}

function requireToken([row]: object[]): Token {
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
  const { id, name, prefix, scopes, endpoints, parentTokenId, createdAt, expiresAt, lastUsedAt } = apiTokens;
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
      revokedAt: sql`least(${apiTokens.revokedAt}, ${ancestorRevokedAt})`.mapWith(apiTokens.revokedAt),
      parentTokenId,
      ownerId: users.id,
      ownerName: users.name,
    })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .where(and(eq(apiTokens.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(createdAt), desc(id));
}

/** Returns the condition for visible tokens: only admins see those of others, with a token only if it may read users. */
function visible(ctx: Context): SQL | undefined {
  if (ctx.actor.role === "admin" && (!ctx.actor.scopes || covers(ctx.actor.scopes, "users:read"))) return undefined;
  if (ctx.actor.kind === "user") return eq(apiTokens.userId, ctx.actor.id);
  return sql`${apiTokens.userId} = (select user_id from api_tokens as own where own.id::text = ${ctx.actor.id})`;
}

/** Returns the condition for rows after the marked one in the order, at the column's full resolution. */
function before(tokenId: string): SQL {
  const mark = sql`(select mark.created_at, mark.id from api_tokens as mark where mark.id = ${tokenId})`;
  return sql`(${apiTokens.createdAt}, ${apiTokens.id}) < ${mark}`;
}
