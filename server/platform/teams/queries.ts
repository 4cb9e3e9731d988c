import { and, asc, eq, isNull, type SQL, sql } from "drizzle-orm";
import {
  endpoints,
  escalationPolicies,
  registeredModels,
  schedules,
  teamEndpoints,
  teamMembers,
  teamModels,
  teams,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Team } from "./contract.ts";
import { findPeople } from "./people/find-people.ts";

/** Lists every team that is not archived, by name, with its members and the models and endpoints that it owns. */
export async function listTeams(ctx: Context): Promise<Team[]> {
  permit(ctx, "listTeams");
  return readTeams(ctx, undefined);
}

/** @throws DomainError "not-found" */
export async function getTeam(ctx: Context, teamId: string): Promise<Team> {
  permit(ctx, "getTeam");
  return readTeam(ctx, teamId);
}

/** Returns a team, for commands, which require other permissions. @throws DomainError "not-found" */
export async function readTeam(ctx: Context, teamId: string): Promise<Team> {
  const [team] = await readTeams(ctx, sql`${teams.id}::text = ${teamId}`);
  if (!team) throw noTeam();
  return team;
}

export function noTeam(field?: string): DomainError {
  return new DomainError("not-found", "Team not found. See On call, Teams for a list.", field ? { field } : {});
}

async function readTeams(ctx: Context, which: SQL | undefined): Promise<Team[]> {
  const { db } = ctx;
  const { workspaceId } = ctx.actor;
  const rows = await db
    .select()
    .from(teams)
    .where(and(eq(teams.workspaceId, workspaceId), isNull(teams.archivedAt), which))
    .orderBy(asc(teams.name));
  const members = await db.select().from(teamMembers).where(eq(teamMembers.workspaceId, workspaceId));
  const people = await findPeople(
    ctx,
    members.map(({ userId }) => userId),
  );
  const models = await db
    .select({ teamId: teamModels.teamId, name: registeredModels.name })
    .from(teamModels)
    .innerJoin(registeredModels, eq(registeredModels.id, teamModels.modelId))
    .where(eq(teamModels.workspaceId, workspaceId))
    .orderBy(asc(registeredModels.name));
  const served = await db
    .select({ teamId: teamEndpoints.teamId, name: endpoints.name })
    .from(teamEndpoints)
    .innerJoin(endpoints, eq(endpoints.id, teamEndpoints.endpointId))
    .where(eq(teamEndpoints.workspaceId, workspaceId))
    .orderBy(asc(endpoints.name));
  const ofTeams = await db
    .select({ id: schedules.id, name: schedules.name, teamId: schedules.teamId })
    .from(schedules)
    .where(and(eq(schedules.workspaceId, workspaceId), isNull(schedules.archivedAt)))
    .orderBy(asc(schedules.name));
  const policies = await db
    .select({ id: escalationPolicies.id, name: escalationPolicies.name })
    .from(escalationPolicies)
    .where(and(eq(escalationPolicies.workspaceId, workspaceId), isNull(escalationPolicies.archivedAt)));
  return rows.map(({ id, name, description, createdAt, escalationPolicyId, rolloutPlan }) => {
    const isOwn = ({ teamId }: { teamId: string | null }) => teamId === id;
    const team: Team = {
      id,
      name,
      description,
      createdAt,
      rolloutPlan,
      policy: policies.find((policy) => policy.id === escalationPolicyId) ?? null,
      members: members
        .filter(isOwn)
        .flatMap(({ userId, part }) => {
          const person = people.get(userId);
          return person ? [{ ...shown(person), part }] : [];
        })
        .sort((a, b) => a.part.localeCompare(b.part) || a.name.localeCompare(b.name)),
      models: models.filter(isOwn).map((model) => model.name),
      endpoints: served.filter(isOwn).map((endpoint) => endpoint.name),
      schedules: ofTeams.filter(isOwn).map((schedule) => ({ id: schedule.id, name: schedule.name })),
    };
    return team;
  });
}

function shown({
  userId,
  name,
  email,
  isDisabled,
}: {
  userId: string;
  name: string;
  email: string;
  isDisabled: boolean;
}) {
  return { userId, name, email, isDisabled };
}
