import { and, asc, eq, isNull, type SQL } from "drizzle-orm";
import { memberships, workspaces } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";

/**
 * The error of a workspace that is not there, is archived, or is not the caller's: the same words for all, so that nobody
 * learns which names exist.
 */
export function noWorkspace(slug: string): DomainError {
  return new DomainError("not-found", `Workspace "${slug}" does not exist, or you do not have access.`);
}

/** Workspaces that can be entered: by the slug asked for, or any. On the tables workspaces and memberships. */
export function entrance(slug: string | undefined): SQL | undefined {
  return and(
    isNull(memberships.disabledAt),
    isNull(workspaces.archivedAt),
    slug === undefined ? undefined : eq(workspaces.slug, slug),
  );
}

/** Of several workspaces, the one that was joined first is the one to begin in. */
export const joinedFirst = asc(memberships.createdAt);
