import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { memberships, sessions, users, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteUse } from "../memberships/note-use.ts";
import { isActive } from "../sessions/end-sessions.ts";
import { noteSeen, seenLongAgo } from "../sessions/note-seen.ts";
import { hashSecret } from "../tokens/secret.ts";
import { entrance, joinedFirst, noWorkspace } from "../workspaces/choose-workspace.ts";

/** Claim that Leeway reads from a session's cookie: the secret of its row. All else comes from the database at each request. */
export const SessionClaims = z.object({ session: z.string().length(43) });
export type SessionClaims = z.infer<typeof SessionClaims>;

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
 * Returns the context of a session's person: with their current role and state, so that ending the session, disabling the person or a new
 * password takes effect with the next request. Defaults to the workspace they joined first.
 * @param claims contents of the decrypted cookie; anything else is no session.
 * @throws DomainError "unauthenticated"; "not-found" for a workspace that is not theirs
 */
export async function contextOfSession(db: Database, claims: unknown, scope: SessionScope = {}): Promise<Context> {
  const { address, workspace, remembered } = scope;
  const parsed = SessionClaims.safeParse(claims);
  if (!parsed.success) throw ended();
  const [person] = await db
    .select({
      sessionId: sessions.id,
      method: sessions.method,
      isSeenLongAgo: seenLongAgo(),
      id: users.id,
      name: users.name,
      mustChangePassword: users.mustChangePassword,
      role: memberships.role,
      workspaceId: memberships.workspaceId,
      slug: workspaces.slug,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(sessions.hash, hashSecret(parsed.data.session)), isActive(), entrance(undefined)))
    .orderBy(sql`${workspaces.slug} = ${workspace ?? remembered ?? ""} desc`, joinedFirst)
    .limit(1);
  if (!person) throw ended();
  const { slug, method, isSeenLongAgo, mustChangePassword, ...actor } = person;
  if (workspace !== undefined && slug !== workspace) throw noWorkspace(workspace);
  if (isSeenLongAgo) await noteSeen(db, person.sessionId);
  await noteUse(db, person.id, person.workspaceId);
  return {
    db,
    actor: {
      kind: "user",
      ...actor,
      address,
      // A person with a company account may not even know the password.
      ...(mustChangePassword && method === "password" && { mustChangePassword }),
    },
  };
}

function ended(): DomainError {
  return new DomainError("unauthenticated", "Your session has ended. Sign in again.");
}
