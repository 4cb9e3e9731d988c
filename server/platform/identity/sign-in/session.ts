import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteUse } from "../memberships/note-use.ts";
import { entrance, joinedFirst, noWorkspace } from "../workspaces/choose-workspace.ts";

/** Lifetime of a session from sign-in. */
export const sessionSeconds = 12 * 3600;

/** Claims that Leeway reads from a session's cookie; the rest comes from the database at each request. */
export const SessionClaims = z.object({
  sub: z.uuid(),
  sessionVersion: z.number().int(),
  /** Time of sign-in, in seconds since 1970. A renewed cookie keeps it, so that a stolen cookie expires. */
  signedInAt: z.number().int(),
});
export type SessionClaims = z.infer<typeof SessionClaims>;

/** Returns the claims of a session that starts now. */
export function newSession(userId: string, sessionVersion: number, now = Date.now()): SessionClaims {
  return { sub: userId, sessionVersion, signedInAt: Math.floor(now / 1000) };
}

/** Cookies are for TLS only when the console is reached by it. */
export function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith("https://");
}

/** Returns the name of the session cookie, as in next-auth. */
export function sessionCookieName(publicUrl: string): string {
  return `${isSecure(publicUrl) ? "__Secure-" : ""}next-auth.session-token`;
}

interface SessionScope {
  address?: string | undefined;
  /** Slug of the requested workspace: this one or none. */
  workspace?: string | undefined;
  /** Slug of the workspace the browser was in last; when it cannot be entered any more, another one is taken. */
  remembered?: string | undefined;
}

/**
 * Returns the context of a session's user: with their current role and state, so that disabling a user or a new password ends
 * their sessions immediately. Defaults to the workspace they joined first.
 * @param claims contents of the decrypted cookie; anything else is no session.
 * @throws DomainError "unauthenticated"; "not-found" for a workspace that is not theirs
 */
export async function contextOfSession(db: Database, claims: unknown, scope: SessionScope = {}): Promise<Context> {
  const { address, workspace, remembered } = scope;
  const session = SessionClaims.safeParse(claims);
  if (!session.success) throw ended();
  const { sub, sessionVersion, signedInAt } = session.data;
  if (Date.now() / 1000 - signedInAt >= sessionSeconds) throw ended();
  const [person] = await db
    .select({
      name: users.name,
      role: memberships.role,
      workspaceId: memberships.workspaceId,
      slug: workspaces.slug,
    })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(users.id, sub), eq(users.sessionVersion, sessionVersion), entrance(undefined)))
    .orderBy(sql`${workspaces.slug} = ${workspace ?? remembered ?? ""} desc`, joinedFirst)
    .limit(1);
  if (!person) throw ended();
  const { slug, ...actor } = person;
  if (workspace !== undefined && slug !== workspace) throw noWorkspace(workspace);
  await noteUse(db, sub, actor.workspaceId);
  return { db, actor: { kind: "user", id: sub, ...actor, address } };
}

function ended(): DomainError {
  return new DomainError("unauthenticated", "Your session has expired. Sign in again.");
}
