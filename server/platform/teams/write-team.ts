import { and, eq, inArray, isNull } from "drizzle-orm";
import {
  endpoints,
  escalationPolicies,
  registeredModels,
  teamEndpoints,
  teamMembers,
  teamModels,
  teams,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Team } from "./contract.ts";
import { requirePeople } from "./people/find-people.ts";

interface Parts {
  members?: { userId: string; part: "member" | "lead" }[] | undefined;
  models?: string[] | undefined;
  endpoints?: string[] | undefined;
}

/** Replaces the given parts of a team: its members, models and endpoints; takes models and endpoints over from other teams. */
export async function writeParts(ctx: Context, teamId: string, parts: Parts): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (parts.members) {
    const wanted = new Map(parts.members.map(({ userId, part }) => [userId, part]));
    await requirePeople(ctx, [...wanted.keys()], "members");
    await ctx.db.delete(teamMembers).where(eq(teamMembers.teamId, teamId));
    const rows = [...wanted].map(([userId, part]) => ({ workspaceId, teamId, userId, part }));
    if (rows.length > 0) await ctx.db.insert(teamMembers).values(rows);
  }
  if (parts.models) await ownModels(ctx, teamId, parts.models);
  if (parts.endpoints) await ownEndpoints(ctx, teamId, parts.endpoints);
}

async function ownModels(ctx: Context, teamId: string, names: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  const known = await ctx.db
    .select({ id: registeredModels.id, name: registeredModels.name })
    .from(registeredModels)
    .where(and(eq(registeredModels.workspaceId, workspaceId), inArray(registeredModels.name, names)));
  refuseUnknown("model", names, known, "models");
  await ctx.db.delete(teamModels).where(eq(teamModels.teamId, teamId));
  if (known.length === 0) return;
  const rows = known.map(({ id }) => ({ workspaceId, teamId, modelId: id }));
  await ctx.db.insert(teamModels).values(rows).onConflictDoUpdate({ target: teamModels.modelId, set: { teamId } });
}

async function ownEndpoints(ctx: Context, teamId: string, names: string[]): Promise<void> {
  const { workspaceId } = ctx.actor;
  const known = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, workspaceId), inArray(endpoints.name, names)));
  refuseUnknown("endpoint", names, known, "endpoints");
  await ctx.db.delete(teamEndpoints).where(eq(teamEndpoints.teamId, teamId));
  if (known.length === 0) return;
  const rows = known.map(({ id }) => ({ workspaceId, teamId, endpointId: id }));
  await ctx.db
    .insert(teamEndpoints)
    .values(rows)
    .onConflictDoUpdate({ target: teamEndpoints.endpointId, set: { teamId } });
}

function refuseUnknown(what: string, names: string[], known: { name: string }[], field: string): void {
  const unknown = names.find((name) => !known.some((each) => each.name === name));
  if (unknown !== undefined) throw new DomainError("not-found", `Unknown ${what} "${unknown}".`, { field });
}

/** @throws DomainError "not-found" for an unknown policy, "conflict" for the name of another team */
export async function refuseTeam(
  ctx: Context,
  changes: { name?: string | undefined; escalationPolicyId?: string | null | undefined },
  teamId?: string,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (changes.escalationPolicyId) {
    const [policy] = await ctx.db
      .select({ id: escalationPolicies.id })
      .from(escalationPolicies)
      .where(
        and(
          eq(escalationPolicies.workspaceId, workspaceId),
          eq(escalationPolicies.id, changes.escalationPolicyId),
          isNull(escalationPolicies.archivedAt),
        ),
      );
    const field = "escalationPolicyId";
    if (!policy)
      throw new DomainError("not-found", "Escalation policy not found. See On call, Escalation for a list.", { field });
  }
  if (changes.name === undefined) return;
  const [other] = await ctx.db
    .select({ id: teams.id })
    .from(teams)
    .where(and(eq(teams.workspaceId, workspaceId), eq(teams.name, changes.name), isNull(teams.archivedAt)));
  if (!other || other.id === teamId) return;
  throw new DomainError("conflict", `A team named "${changes.name}" already exists. Choose another name.`, {
    field: "name",
  });
}

/** Returns the fields of a team that the audit log stores. */
export function shownTeam({ name, description, policy, rolloutPlan, members, models, endpoints }: Team) {
  const people = members.map((member) => (member.part === "lead" ? `${member.email} (lead)` : member.email));
  const [escalation, plan] = [policy?.name ?? "default", rolloutPlan ?? "default"];
  return { name, description, policy: escalation, rolloutPlan: plan, members: people, models, endpoints };
}
