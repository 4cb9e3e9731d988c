import { teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateTeam, type Team } from "./contract.ts";
import { readTeam } from "./queries.ts";
import { refuseTeam, shownTeam, writeParts } from "./write-team.ts";

/**
 * Creates a team, which owns the given models and endpoints from now on.
 * @throws DomainError "conflict" if the name is taken, "not-found" for unknown users, models or endpoints
 */
export async function createTeam(ctx: Context, input: CreateTeam): Promise<Team> {
  permit(ctx, "createTeam");
  const { name, description, escalationPolicyId, rolloutPlan, ...parts } = CreateTeam.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await refuseTeam(ctx, { name, escalationPolicyId });
    const [row] = await ctx.db
      .insert(teams)
      .values({ workspaceId, name, description, escalationPolicyId, rolloutPlan })
      .returning({ id: teams.id });
    const id = row?.id as string;
    await writeParts(ctx, id, parts);
    const team = await readTeam(ctx, id);
    await record(ctx, "team.created", { subject: `team/${name}`, after: shownTeam(team) });
    await publish(ctx, "oncall", id);
    return team;
  });
}
