import { and, arrayOverlaps, eq, gt, isNull, not, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { apiTokens, memberships, users, workspaces } from "#db/schema/index.ts";
import type { Context, Role } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { hasInvalidAncestor } from "#server/platform/identity/tokens/ancestors.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { hashSecret, tokenMark } from "#server/platform/identity/tokens/secret.ts";
import { noWorkspace } from "#server/platform/identity/workspaces/choose-workspace.ts";
import { loadTestKey, loadTestMark, readLoadTest } from "../load-test/credential.ts";
import { isObject } from "../protocol/json-object.ts";
import { loadCopy, saveCopy } from "./disk-copy.ts";

interface KnownToken {
  hash: string;
  id: string;
  name: string;
  workspaceId: string;
  workspaceSlug: string;
  role: Role;
  scopes: string[];
  /** Names of the endpoints that it may use; null is all. */
  endpoints: string[] | null;
  /** Milliseconds since 1970; null for never. */
  expiresAt: number | null;
}

interface Credentials {
  secret: string;
  hash: string;
}

interface Snapshot {
  /** Time at which Postgres last confirmed the tokens, in milliseconds since 1970. */
  confirmedAt: number;
  tokens: KnownToken[];
}

/** Later confirmation of a snapshot, in a file of its own: there are few changes, and many tokens. */
interface Confirmation {
  /** `confirmedAt` in the snapshot. */
  savedAt: number;
  confirmedAt: number;
}

function confirmationOf(path: string): string {
  return `${path}.confirmed`;
}

function isConfirmation(value: unknown): boolean {
  return isObject(value) && typeof value.savedAt === "number" && typeof value.confirmedAt === "number";
}

function isSnapshot(value: unknown): boolean {
  return isObject(value) && typeof value.confirmedAt === "number" && Array.isArray(value.tokens);
}

const maxTrustMs = dayMs;
const refusalMs = 5_000;
const noteUseMs = minuteMs;
const maxTokens = 50_000;
const maxRejections = 10_000;
const maxCredentials = 10_000;
const tokensPerPart = 500;
const howTo =
  'Send an API token with the "infer" scope, for features with "features:read", as Authorization: Bearer lw_…. Create one under Settings, Tokens.';
/** Scopes of tokens that gateways hold in memory. Each command and query checks which of them it needs. */
const gatewayScopes = ["infer", "features:read", "features:write", "read"];

/**
 * Decides from memory who may request inference and features: all valid tokens with a scope for these are read from Postgres every few
 * seconds and whenever one changes, and stored on disk. Therefore no request waits for Postgres, a revoked token works for
 * seconds at most, and while Postgres is unavailable tokens continue to work for 24 hours, also after a restart.
 */
export class InferenceTokens {
  private readonly db: Database;
  private readonly path: string;
  private readonly now: () => number;
  private confirmedAt = 0;
  private known = new Map<string, KnownToken>();
  /** Credentials of known tokens by the header that contains them. Anyone can send any number of others. */
  private readonly credentials = new Map<string, Credentials>();
  private readonly notedAt = new Map<string, number>();
  private readonly refused = new Map<string, { until: number; error: DomainError }>();
  private loadTestKey: Promise<string> | undefined;
  /** `confirmedAt` of the copy on disk, while it has the tokens in memory. */
  private savedAt: number | undefined;

  /** @param path file that stores the hashes of the tokens, never the tokens. */
  constructor(db: Database, path: string, now: () => number = Date.now) {
    this.db = db;
    this.path = path;
    this.now = now;
    const copy = loadCopy<Snapshot>(path, isSnapshot);
    const later = copy && loadCopy<Confirmation>(confirmationOf(path), isConfirmation);
    if (!copy) return;
    // It may be left of another copy.
    this.take(later?.savedAt === copy.confirmedAt ? { ...copy, confirmedAt: later.confirmedAt } : copy);
  }

  /** Reloads all tokens. @throws when Postgres does not respond; the tokens in memory remain. */
  async refresh(): Promise<void> {
    const confirmedAt = this.now();
    const tokens = await readTokens(this.db);
    const savedAt = hasSame(this.known, tokens) ? this.savedAt : undefined;
    this.take({ confirmedAt, tokens });
    this.refused.clear();
    await this.store(confirmedAt, tokens, savedAt);
  }

  /** Stores the tokens if they have changed, else only that they were confirmed. @param savedAt of the stored copy with the same tokens */
  private async store(confirmedAt: number, tokens: readonly KnownToken[], savedAt: number | undefined): Promise<void> {
    if (savedAt !== undefined) {
      await saveCopy(confirmationOf(this.path), [JSON.stringify({ savedAt, confirmedAt } satisfies Confirmation)]);
      return;
    }
    this.savedAt = undefined;
    await saveCopy(this.path, partsOf(confirmedAt, tokens));
    this.savedAt = confirmedAt;
  }

  /**
   * Returns a caller's context by the Authorization header: Bearer with a token, or Basic with a token as the password.
   * @param workspace slug of the requested workspace; a token opens only its own.
   * @throws DomainError "unauthenticated"; "not-found" for another workspace; "unavailable" for a token that only Postgres could
   * verify, while it is unavailable
   */
  async contextOf(authorization: string | undefined, address: string, workspace?: string): Promise<Context> {
    const known = this.knownContext(authorization, address, workspace);
    if (known) return known;
    const { secret, hash } = this.credentialsOf(authorization);
    if (secret.startsWith(loadTestMark)) return this.loadTestContext(secret, address);
    const refusal = this.refused.get(hash);
    if (refusal && refusal.until > this.now()) throw refusal.error;
    return contextOfToken(this.db, secret, { address, workspace }).catch((error) => {
      // A client that repeats an invalid token must not cost a query each time.
      if (error instanceof DomainError && error.code === "unauthenticated") this.remember(hash, error);
      throw error;
    });
  }

  /** Returns the context of a load test, which may request one version through one endpoint, and nothing else. */
  private async loadTestContext(secret: string, address: string): Promise<Context> {
    this.loadTestKey ??= loadTestKey(this.db).catch((error: unknown) => {
      this.loadTestKey = undefined;
      throw error;
    });
    const claim = readLoadTest(secret, await this.loadTestKey, this.now());
    if (!claim) throw new DomainError("unauthenticated", "The load test credential has expired or is invalid.");
    const { loadTestId: id, workspaceId, endpoint, versionId } = claim;
    const who = { kind: "system", id, name: "Load test", workspaceId, role: "viewer", scopes: ["infer"] } as const;
    return { db: this.db, actor: { ...who, endpoints: [endpoint], loadTest: { versionId }, address } };
  }

  /** Authenticates from memory alone; undefined when Postgres is needed. @throws DomainError "unauthenticated", "not-found" */
  knownContext(authorization: string | undefined, address: string, workspace?: string): Context | undefined {
    const { secret, hash } = this.credentialsOf(authorization);
    const token = this.known.get(hash);
    const now = this.now();
    const isTrusted = now - this.confirmedAt < maxTrustMs;
    if (!token || !isTrusted || (token.expiresAt !== null && token.expiresAt <= now)) return undefined;
    this.noteUse(token, { secret, address, now });
    const { id, name, workspaceId, workspaceSlug, role, scopes } = token;
    const endpoints = token.endpoints ?? undefined;
    if (workspace !== undefined && workspace !== workspaceSlug) throw noWorkspace(workspace);
    return { db: this.db, actor: { kind: "token", id, name, workspaceId, role, scopes, endpoints, address } };
  }

  /** Reads and caches credentials: a digest costs more than the rest of a look-up, and clients send the same header with each request. */
  private credentialsOf(authorization = ""): Credentials {
    const known = this.credentials.get(authorization);
    if (known) return known;
    const secret = secretOf(authorization);
    const credentials = { secret, hash: hashSecret(secret) };
    if (!this.known.has(credentials.hash)) return credentials;
    if (this.credentials.size >= maxCredentials) this.credentials.clear();
    this.credentials.set(authorization, credentials);
    return credentials;
  }

  /** Records the use of a token once a minute, so that Settings shows which tokens are in use. */
  private noteUse(token: KnownToken, { secret, address, now }: { secret: string; address: string; now: number }): void {
    if (now - (this.notedAt.get(token.id) ?? 0) < noteUseMs) return;
    this.notedAt.set(token.id, now);
    contextOfToken(this.db, secret, { address }).catch(() => {});
  }

  private take({ confirmedAt, tokens }: Snapshot): void {
    this.confirmedAt = confirmedAt;
    this.known = new Map(tokens.map((token) => [token.hash, token]));
  }

  private remember(hash: string, error: DomainError): void {
    if (this.refused.size >= maxRejections) this.refused.clear();
    this.refused.set(hash, { until: this.now() + refusalMs, error });
  }
}

/** Whether these are the tokens that are known, unchanged. Fifty thousand take a few milliseconds, and writing them many times that. */
function hasSame(known: ReadonlyMap<string, KnownToken>, tokens: readonly KnownToken[]): boolean {
  return known.size === tokens.length && tokens.every((token) => isEqual(known.get(token.hash), token));
}

function isEqual(a: KnownToken | undefined, b: KnownToken): boolean {
  return (
    a !== undefined &&
    a.id === b.id &&
    a.name === b.name &&
    a.workspaceId === b.workspaceId &&
    a.workspaceSlug === b.workspaceSlug &&
    a.role === b.role &&
    a.expiresAt === b.expiresAt &&
    isSameList(a.scopes, b.scopes) &&
    isSameList(a.endpoints, b.endpoints)
  );
}

function isSameList(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((text, index) => text === b[index]);
}

/** Yields the text of a Snapshot, some tokens at a time. */
function* partsOf(confirmedAt: number, tokens: readonly KnownToken[]): Generator<string> {
  yield `{"confirmedAt":${confirmedAt},"tokens":[`;
  for (let from = 0; from < tokens.length; from += tokensPerPart) {
    const part = tokens.slice(from, from + tokensPerPart);
    yield (from === 0 ? "" : ",") + JSON.stringify(part).slice(1, -1);
  }
  yield "]}";
}

async function readTokens(db: Database): Promise<KnownToken[]> {
  const rows = await db
    .select({
      hash: apiTokens.hash,
      id: apiTokens.id,
      name: sql<string>`${users.name} || ' (' || ${apiTokens.name} || ')'`,
      workspaceId: apiTokens.workspaceId,
      workspaceSlug: workspaces.slug,
      role: memberships.role,
      scopes: apiTokens.scopes,
      endpoints: apiTokens.endpoints,
      expiresAt: apiTokens.expiresAt,
    })
    .from(apiTokens)
    .innerJoin(workspaces, and(eq(workspaces.id, apiTokens.workspaceId), isNull(workspaces.archivedAt)))
    .innerJoin(users, eq(users.id, apiTokens.userId))
    .innerJoin(
      memberships,
      and(eq(memberships.userId, apiTokens.userId), eq(memberships.workspaceId, apiTokens.workspaceId)),
    )
    .where(
      and(
        isNull(apiTokens.revokedAt),
        // Programs of training jobs have nothing to ask here.
        isNull(apiTokens.runId),
        isNull(memberships.disabledAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, sql`now()`)),
        not(hasInvalidAncestor),
        arrayOverlaps(apiTokens.scopes, gatewayScopes),
      ),
    )
    .limit(maxTokens);
  if (rows.length === maxTokens) log.warn("tokens.too_many", { most: maxTokens });
  return rows.map((row) => ({ ...row, expiresAt: row.expiresAt?.getTime() ?? null }));
}

function secretOf(authorization: string): string {
  const [scheme = "", credentials = ""] = authorization.trim().split(/\s+/);
  const secret = /^bearer$/i.test(scheme)
    ? credentials
    : /^basic$/i.test(scheme)
      ? Buffer.from(credentials, "base64")
          .toString("utf8")
          .replace(/^[^:]*:/, "")
      : "";
  if (!secret.startsWith(tokenMark)) throw new DomainError("unauthenticated", howTo);
  return secret;
}
