import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import type { TeamPlan } from "./contract.ts";

/** Returns the plan with which rollouts on an endpoint start, as its team wants it; null where no team says so. */
export async function findTeamPlan(ctx: Context, endpointId: string): Promise<TeamPlan | null> {
  permit(ctx, "listRollouts");
  const team = await teamOf(ctx, { endpointId });
  return team?.rolloutPlan ? { team: team.name, plan: team.rolloutPlan } : null;
}
