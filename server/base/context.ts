import { is } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { followLocks } from "./lock-order.ts";
import { retryConflicts } from "./retry-conflicts.ts";

export type Role = "viewer" | "member" | "operator" | "admin";

export interface Actor {
  readonly kind: "user" | "token" | "system";
  /** User id, token id, or the name of the job. */
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly role: Role;
  /** Permissions of the token; undefined means everything the role allows. */
  readonly scopes?: readonly string[] | undefined;
  /** Names of the endpoints that a token may use; undefined means all. */
  readonly endpoints?: readonly string[] | undefined;
  /** Run of a training job that a token is for, and the dataset versions that it may read; undefined means no such limit. */
  readonly run?: { readonly id: string; readonly datasets: readonly string[] } | undefined;
  /** Session of a signed-in browser. */
  readonly sessionId?: string | undefined;
  /** Whether the caller signed in with a password that they must change before anything else. */
  readonly mustChangePassword?: boolean | undefined;
  /** Whether the token belongs to a service account instead of a person. */
  readonly isServiceAccount?: boolean | undefined;
  /** Set for the requests of a load test: the version that they are for, whatever serves. */
  readonly loadTest?: { readonly versionId: string } | undefined;
  /** Network address of the caller, for the audit log. */
  readonly address?: string | undefined;
}

/** Passed first to every command and query; built by the page, the HTTP layer, the job runner or a test. */
export interface Context {
  readonly actor: Actor;
  readonly db: Database;
}

/**
 * Runs `work` in one transaction (a savepoint when already inside one). Nothing slow or remote belongs inside: enqueue it. If Postgres
 * undoes the transaction because of a concurrent one (deadlock, serialization failure), `work` runs again from its start: it must read what
 * it decides by inside, and change nothing outside the database. A savepoint does not: the locks of its transaction would remain.
 * @returns what `work` returns, once it is committed.
 * @throws what `work` throws; DomainError "unavailable" if it conflicted again and again
 */
export function transact<Result>(ctx: Context, work: (ctx: Context) => Promise<Result>): Promise<Result> {
  const run = () =>
    ctx.db.transaction((db) => {
      followLocks(db, ctx.db);
      return work({ actor: ctx.actor, db });
    });
  return is(ctx.db, PgTransaction) ? run() : retryConflicts(run);
}

/** Returns the context of Leeway itself inside a workspace: jobs, start-up, the demo. */
export function systemContext(db: Database, workspaceId: string, name: string): Context {
  return { db, actor: { kind: "system", id: name, name: "Leeway", workspaceId, role: "admin" } };
}
