import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";

/**
 * Returns the error for a workspace that does not exist, is archived, or is not the caller's: the same message for all, so that it does
 * not reveal which names exist.
 */
export function noWorkspace(slug: string): DomainError {
  return new DomainError("not-found", `Workspace "${slug}" does not exist, or you do not have access.`);
}

/**
 * Returns the condition for accessible workspaces: by the requested slug, or any. On the tables workspaces and memberships. The account is
 * checked as well: an invitation may be accepted while it is being disabled.
 */
export function entrance(slug: string | undefined): SQL | undefined {
  return and(
    isNull(memberships.disabledAt),
    sql`not exists (select 1 from ${users} as account where account.id = ${memberships.userId} and account.disabled_at is not null)`,
    isNull(workspaces.archivedAt),
    slug === undefined ? undefined : eq(workspaces.slug, slug),
  );
}

/** Order that puts the workspace that was joined first at the start: the default one. */
export const joinedFirst = asc(memberships.createdAt);
