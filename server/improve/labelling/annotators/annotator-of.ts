import { and, eq } from "drizzle-orm";
import { apiTokens, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export interface Annotator {
  person: string;
  name: string;
}

/**
 * Returns who annotates: the person who is signed in, or the owner of the token, which may be a service account.
 * @throws DomainError "forbidden" for Leeway itself
 */
export async function annotatorOf({ actor, db }: Context): Promise<Annotator> {
  if (actor.kind === "user") return { person: actor.id, name: actor.name };
  if (actor.kind === "token") {
    const [owner] = await db
      .select({ person: users.id, name: users.name })
      .from(apiTokens)
      .innerJoin(users, eq(users.id, apiTokens.userId))
      .where(and(eq(apiTokens.id, actor.id), eq(apiTokens.workspaceId, actor.workspaceId)));
    if (owner) return owner;
  }
  throw new DomainError("forbidden", "Tasks are labelled by people and service accounts.");
}
