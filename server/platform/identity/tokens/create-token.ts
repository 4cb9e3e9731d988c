import { and, eq, inArray } from "drizzle-orm";
import { apiTokens, endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { covers, permit } from "../../permissions/permit.ts";
import { CreateToken, type NewToken } from "../contract.ts";
import { loadToken, ownUserId } from "./queries.ts";
import { newSecret } from "./secret.ts";

/**
 * Creates an API token that acts for the caller, with at most the caller's role at the time of each use.
 * The secret is returned once and only its hash is stored.
 * @throws DomainError "forbidden" when a token requests a scope that it lacks itself.
 */
export async function createToken(ctx: Context, input: CreateToken): Promise<NewToken> {
  permit(ctx, "createToken");
  const values = CreateToken.parse(input);
  const missingSource = values.scopes.find((scope) => ctx.actor.scopes && !covers(ctx.actor.scopes, scope));
  if (missingSource)
    throw new DomainError("forbidden", `This token lacks the "${missingSource}" scope, so it cannot grant it.`);
  const other =
    ctx.actor.endpoints &&
    (values.endpoints ?? ["every endpoint"]).find((name) => !ctx.actor.endpoints?.includes(name));
  if (other) throw new DomainError("forbidden", `This token cannot use ${other}, so it cannot grant access to it.`);
  await refuseUnknownEndpoints(ctx, values.endpoints ?? []);
  const userId = await ownUserId(ctx);
  if (!userId) throw new DomainError("invalid", "Tokens belong to people; this caller is not one.");
  return createTokenFor(ctx, userId, values);
}

async function refuseUnknownEndpoints(ctx: Context, names: string[]): Promise<void> {
  if (names.length === 0) return;
  const known = await ctx.db
    .select({ name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), inArray(endpoints.name, names)));
  const unknown = names.find((name) => !known.some((each) => each.name === name));
  if (unknown !== undefined)
    throw new DomainError("invalid", `Endpoint "${unknown}" not found. See Endpoints for a list.`);
}

/** Creates a token for a user, without checking permissions: for createToken and the first start. */
export async function createTokenFor(ctx: Context, userId: string, input: CreateToken): Promise<NewToken> {
  const { name, scopes, endpoints: limitedTo = null, expiresInDays } = CreateToken.parse(input);
  const { secret, hash, prefix } = newSecret();
  const expiresAt = expiresInDays ? new Date(Date.now() + expiresInDays * dayMs) : null;
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const values = {
      workspaceId,
      userId,
      name,
      hash,
      prefix,
      scopes: [...new Set(scopes)],
      endpoints: limitedTo,
      expiresAt,
    };
    const [row] = await ctx.db.insert(apiTokens).values(values).returning({ id: apiTokens.id });
    const token = await loadToken(ctx, row?.id as string);
    const { ownerName } = token;
    await record(ctx, "token.created", {
      subject: `token/${prefix}`,
      after: { name, ownerName, scopes, endpoints: limitedTo, expiresAt },
    });
    await publish(ctx, "settings", token.id);
    return { token, secret };
  });
}
