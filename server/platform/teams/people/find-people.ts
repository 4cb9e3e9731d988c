import { and, eq, inArray } from "drizzle-orm";
import { contactMethods, memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export interface Person {
  userId: string;
  name: string;
  email: string;
  /** May not use this workspace any more, and so is not called. */
  isDisabled: boolean;
  /** Time zone that the person set; defaults to UTC. */
  timeZone: string;
}

/** Returns people of the workspace by id; those of other workspaces and service accounts are left out. */
export async function findPeople(ctx: Context, userIds: readonly string[]): Promise<Map<string, Person>> {
  if (userIds.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      userId: users.id,
      name: users.name,
      email: users.email,
      disabledAt: memberships.disabledAt,
      timeZone: contactMethods.timeZone,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(contactMethods, and(eq(contactMethods.userId, users.id), eq(contactMethods.workspaceId, workspaceId)))
    .where(
      and(eq(memberships.workspaceId, workspaceId), eq(users.kind, "person"), inArray(users.id, [...new Set(userIds)])),
    );
  const people = rows.map(({ disabledAt, timeZone, ...row }) => {
    return { ...row, isDisabled: disabledAt !== null, timeZone: timeZone ?? "UTC" };
  });
  return new Map(people.map((person) => [person.userId, person]));
}

/**
 * Rejects people who are not members of the workspace or are disabled in it.
 * @param field which field of the input names them
 * @throws DomainError "not-found", "invalid" for a disabled person
 */
export async function requirePeople(ctx: Context, userIds: readonly string[], field: string): Promise<void> {
  const people = await findPeople(ctx, userIds);
  for (const userId of userIds) {
    const person = people.get(userId);
    if (!person) {
      throw new DomainError("not-found", "This person is not a member of the workspace. See Settings, People.", {
        field,
      });
    }
    if (person.isDisabled) {
      throw new DomainError("invalid", `${person.name}'s account is disabled. Choose someone else.`, { field });
    }
  }
}
