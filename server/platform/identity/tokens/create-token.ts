import { and, eq, inArray, isNull } from "drizzle-orm";
import { apiTokens, endpoints, memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { covers, permit } from "../../permissions/permit.ts";
import { CreateToken, type NewToken, type Scope } from "../contract.ts";
import { ancestorCount, maxAncestors } from "./ancestors.ts";
import { loadToken, ownUserId } from "./queries.ts";
import { newSecret } from "./secret.ts";

/**
 * Creates an API token that acts for the caller, with at most the caller's role at the time of each use; or for a service account, which
 * only admins who are people may do. A token created with a token expires with that one at the latest, and is revoked with it.
 * The secret is returned once and only its hash is stored.
 * @throws DomainError "forbidden" when a token requests a scope that it lacks itself, "not-found" for another owner than a service account
 * that is not disabled, "conflict" at the end of a long chain of tokens.
 */
export async function createToken(ctx: Context, input: CreateToken): Promise<NewToken> {
  permit(ctx, input.ownerId ? "createServiceAccountToken" : "createToken");
  const values = CreateToken.parse(input);
  const missingSource = values.scopes.find((scope) => ctx.actor.scopes && !covers(ctx.actor.scopes, scope));
  if (missingSource)
    throw new DomainError("forbidden", `This token lacks the "${missingSource}" scope, so it cannot grant it.`);
  const other =
    ctx.actor.endpoints &&
    (values.endpoints ?? ["every endpoint"]).find((name) => !ctx.actor.endpoints?.includes(name));
  if (other) throw new DomainError("forbidden", `This token cannot use ${other}, so it cannot grant access to it.`);
  await refuseUnknownEndpoints(ctx, values.endpoints ?? []);
  const userId = values.ownerId ? await serviceAccountOf(ctx, values.ownerId) : await ownUserId(ctx);
  if (!userId) throw new DomainError("invalid", "Tokens belong to people or service accounts; this caller is neither.");
  if (values.ownerId || ctx.actor.isServiceAccount) refuseUserScopes(values.scopes);
  return createTokenFor(ctx, userId, values);
}

/** Returns the owner of a token that an admin creates for a service account. */
async function serviceAccountOf(ctx: Context, userId: string): Promise<string> {
  const [account] = await ctx.db
    .select({ id: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        eq(memberships.userId, userId),
        eq(users.kind, "service"),
        isNull(memberships.disabledAt),
      ),
    );
  if (account) return account.id;
  throw new DomainError("not-found", "Service account not found, or disabled. See Settings, Service accounts.", {
    field: "ownerId",
  });
}

function refuseUserScopes(scopes: readonly Scope[]): void {
  if (!scopes.includes("users")) return;
  throw new DomainError(
    "forbidden",
    'Tokens of service accounts cannot have the "users" scope: only people manage people.',
  );
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
  const requested = expiresInDays ? new Date(Date.now() + expiresInDays * dayMs) : null;
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const parent = ctx.actor.kind === "token" ? await parentOf(ctx) : undefined;
    const expiresAt = earlier(requested, parent?.expiresAt ?? null);
    const values = {
      workspaceId,
      userId,
      parentTokenId: parent?.id ?? null,
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
      after: { name, ownerName, scopes, endpoints: limitedTo, expiresAt, ...(parent && { parent: parent.prefix }) },
    });
    await publish(ctx, "settings", token.id);
    return { token, secret };
  });
}

/** Returns the token with which another one is created. */
async function parentOf(ctx: Context) {
  const [parent] = await ctx.db
    .select({ id: apiTokens.id, prefix: apiTokens.prefix, expiresAt: apiTokens.expiresAt, ancestors: ancestorCount })
    .from(apiTokens)
    .where(eq(apiTokens.id, ctx.actor.id));
  if (!parent) throw new DomainError("unauthenticated", "This token no longer exists.");
  if (parent.ancestors < maxAncestors) return parent;
  throw new DomainError(
    "conflict",
    `At most ${maxAncestors} tokens may be created with one another. Sign in, or use an earlier token of this chain.`,
  );
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}
