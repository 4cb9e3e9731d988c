import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RolloutPlanName } from "#server/platform/teams/constants.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";

/** Returns the plan with which rollouts on an endpoint start, as its team wants it; null where no team says so. */
export async function findTeamPlan(ctx: Context, endpointId: string): Promise<RolloutPlanName | null> {
  permit(ctx, "listRollouts");
  return (await teamOf(ctx, { endpointId }))?.rolloutPlan ?? null;
}
