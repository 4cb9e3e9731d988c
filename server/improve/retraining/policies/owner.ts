import { and, eq, isNull, ne } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { personOf } from "#server/platform/identity/person-of.ts";

/**
 * Returns the owner of a new policy: the person who is named, else the one who acts.
 * @throws DomainError "invalid" for someone who cannot own it, such as a service account
 */
export async function chooseOwner(ctx: Context, named: string | undefined): Promise<string> {
  const ownerId = named ?? (await personOf(ctx));
  if (ownerId === null) throw invalid("Enter the owner of the policy.");
  await requireOwner(ctx, ownerId);
  return ownerId;
}

/** Checks that a user can own a policy: a person, who is notified, and may submit the jobs that run in their name. @throws DomainError "invalid" */
export async function requireOwner(ctx: Context, ownerId: string): Promise<void> {
  const [member] = await ctx.db
    .select({ id: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        eq(memberships.userId, ownerId),
        eq(users.kind, "person"),
        isNull(users.disabledAt),
        isNull(memberships.disabledAt),
        ne(memberships.role, "viewer"),
      ),
    );
  if (!member) throw invalid("The owner must be a member of the workspace who can submit jobs. Choose someone else.");
}

const invalid = (message: string) => new DomainError("invalid", message, { field: "ownerId" });
