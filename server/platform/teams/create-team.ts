import { teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateTeam, type Team } from "./contract.ts";
import { readTeam } from "./queries.ts";
import { refuseTeam, shownTeam, writeParts } from "./write-team.ts";

/**
 * Makes a team, which from now on answers for the models and endpoints that are named.
 * @throws DomainError "conflict" for a name that is taken, "not-found" for people and things that are not there
 */
export async function createTeam(ctx: Context, input: CreateTeam): Promise<Team> {
  permit(ctx, "createTeam");
  const { name, description, escalationPolicyId, ...parts } = CreateTeam.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await refuseTeam(ctx, { name, escalationPolicyId });
    const [row] = await ctx.db
      .insert(teams)
      .values({ workspaceId, name, description, escalationPolicyId })
      .returning({ id: teams.id });
    const id = row?.id as string;
    await writeParts(ctx, id, parts);
    const team = await readTeam(ctx, id);
    await record(ctx, "team.created", { subject: `team/${name}`, after: shownTeam(team) });
    await publish(ctx, "oncall", id);
    return team;
  });
}
