import { and, eq, isNull } from "drizzle-orm";
import { memberships, runbooks, teams, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

interface Named {
  teamId?: string | null | undefined;
  runbookId?: string | null | undefined;
  leadId?: string | null | undefined;
  scribeId?: string | null | undefined;
  ownerId?: string | null | undefined;
}

/** Checks that references of an incident belong to this workspace. @throws DomainError "not-found" with the field */
export async function refuseUnknown(ctx: Context, { teamId, runbookId, ...people }: Named): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (teamId) {
    const ofTeam = and(eq(teams.id, teamId), eq(teams.workspaceId, workspaceId));
    if ((await ctx.db.$count(teams, ofTeam)) === 0) throw unknown("team", "teamId");
  }
  if (runbookId) {
    const ofRunbook = and(
      eq(runbooks.id, runbookId),
      eq(runbooks.workspaceId, workspaceId),
      isNull(runbooks.archivedAt),
    );
    if ((await ctx.db.$count(runbooks, ofRunbook)) === 0) throw unknown("runbook", "runbookId");
  }
  for (const field of ["leadId", "scribeId", "ownerId"] as const) {
    const userId = people[field];
    if (!userId) continue;
    const [person] = await ctx.db
      .select({ id: users.id })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(
        and(
          eq(memberships.userId, userId),
          eq(memberships.workspaceId, workspaceId),
          eq(users.kind, "person"),
          isNull(memberships.removedAt),
        ),
      );
    if (!person) throw unknown("person in this workspace", field);
  }
}

function unknown(what: string, field: string): DomainError {
  return new DomainError("not-found", `Unknown ${what}. Choose another.`, { field });
}
