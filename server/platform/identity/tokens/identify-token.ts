import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { apiTokens, memberships, users, workspaces } from "#db/schema/index.ts";
import type { Context, Role } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { lookupsOf } from "../lookup-cache.ts";
import { noWorkspace } from "../workspaces/choose-workspace.ts";
import { hasInvalidAncestor } from "./ancestors.ts";
import { badTokensOf } from "./bad-token-limit.ts";
import { noteNetwork } from "./note-network.ts";
import { hashSecret } from "./secret.ts";

interface KnownToken {
  id: string;
  name: string;
  workspaceId: string;
  workspaceSlug: string;
  role: Role;
  scopes: string[];
  endpoints: string[] | undefined;
  run: { id: string; datasets: string[] } | undefined;
  expiresAt: Date | null;
  isServiceAccount: boolean;
}

const lastUseSeconds = 60;

interface TokenScope {
  address?: string | undefined;
  /** Slug of the requested workspace; a token is valid only for its own. */
  workspace?: string | undefined;
}

/**
 * Returns the context of a token: the token's scopes, and the current role of its user. Looked up at most every 3 s, so that a revoked
 * token works for at most 3 s longer; known tokens continue to work while the database is down.
 * @throws DomainError "unauthenticated"; "not-found" for another workspace than the token's; "unavailable" if the database does not respond
 * for a token not seen before; "rate-limited" for an unknown token from a network that has sent many invalid ones.
 */
export async function contextOfToken(db: Database, secret: string, scope: TokenScope = {}): Promise<Context> {
  const { address, workspace } = scope;
  const hash = hashSecret(secret);
  const badTokens = badTokensOf(db);
  badTokens.check(hash, address);
  const token = await lookupsOf<KnownToken>(db, "token")
    .get(hash, () => findToken(db, hash, address))
    .catch((error: unknown) => {
      if (error instanceof DomainError && error.code === "unauthenticated") badTokens.addBad(hash, address);
      throw error;
    });
  badTokens.addGood(hash);
  if (token.expiresAt && token.expiresAt.getTime() <= Date.now()) {
    throw new DomainError("unauthenticated", "This token has expired. Create a new one under Settings, Tokens.");
  }
  const { workspaceSlug, expiresAt: _expiresAt, isServiceAccount, ...actor } = token;
  if (workspace !== undefined && workspace !== workspaceSlug) throw noWorkspace(workspace);
  return { db, actor: { kind: "token", ...actor, address, ...(isServiceAccount && { isServiceAccount }) } };
}

async function findToken(db: Database, hash: string, address: string | undefined): Promise<KnownToken> {
  const [found] = await db
    .select({
      token: apiTokens,
      owner: users.name,
      ownerKind: users.kind,
      isParentInvalid: hasInvalidAncestor,
      role: memberships.role,
      disabledAt: memberships.disabledAt,
      workspaceSlug: workspaces.slug,
      archivedAt: workspaces.archivedAt,
    })
    .from(apiTokens)
    .innerJoin(workspaces, eq(workspaces.id, apiTokens.workspaceId))
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .innerJoin(
      memberships,
      and(eq(memberships.userId, apiTokens.userId), eq(memberships.workspaceId, apiTokens.workspaceId)),
    )
    .where(eq(apiTokens.hash, hash));
  if (!found) throw refused("Unknown token.");
  const { token, owner, ownerKind, isParentInvalid, role, disabledAt, workspaceSlug, archivedAt } = found;
  if (token.revokedAt && token.runId !== null) {
    // A client that is refused for want of rights does not try again.
    throw new DomainError("forbidden", "This attempt of the training job has ended, or another one has replaced it.");
  }
  if (token.revokedAt) throw refused("This token has been revoked.");
  if (disabledAt) throw refused("The owner of this token has been disabled.");
  if (isParentInvalid) throw refused("The token with which this one was created is no longer valid.");
  if (archivedAt) throw refused("The workspace of this token has been archived.");
  if (await noteUse(db, token.id)) await noteNetwork(db, { ...token, ownerName: owner }, address);
  const { id, workspaceId, scopes, expiresAt } = token;
  const endpoints = token.endpoints ?? undefined;
  const run = token.runId === null ? undefined : { id: token.runId, datasets: token.datasets ?? [] };
  const name = `${owner} (${token.name})`;
  const isServiceAccount = ownerKind === "service";
  return { id, name, workspaceId, workspaceSlug, role, scopes, endpoints, run, expiresAt, isServiceAccount };
}

function refused(reason: string): DomainError {
  return new DomainError("unauthenticated", `${reason} Create one under Settings, Tokens.`);
}

/** Stores the time of use at most once a minute, which keeps the cost of a busy token negligible. @returns whether it did */
async function noteUse(db: Database, tokenId: string): Promise<boolean> {
  const now = new Date();
  const longAgo = new Date(now.getTime() - lastUseSeconds * 1000);
  const isDue = or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, longAgo));
  return db
    .update(apiTokens)
    .set({ lastUsedAt: now })
    .where(and(eq(apiTokens.id, tokenId), isDue))
    .then(
      ({ rowCount }) => rowCount === 1,
      (cause: unknown) => {
        log.warn("token.last_used_update_failed", { tokenId, cause });
        return false;
      },
    );
}
