import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { GetRollout } from "../../serve/rollout/contract.ts";
import type { EvidencePoint, RolloutPoint } from "../../serve/rollout/evidence/contract.ts";
import { findRollout } from "./rollout-rows.ts";

/** Maximum number of points that a screen can show distinctly. */
const maxPoints = 600;

/**
 * Returns the curves of a rollout from its start, at most 600 points, evenly spaced, including the newest. @throws DomainError "not-found"
 */
export async function getRolloutCurves(ctx: Context, input: GetRollout): Promise<{ points: RolloutPoint[] }> {
  permit(ctx, "getRolloutCurves");
  const { rolloutId } = GetRollout.parse(input);
  await findRollout(ctx, rolloutId);
  const { rows } = await ctx.db.execute<{ at: string; step: number; point: EvidencePoint }>(sql`
    select to_json(at) #>> '{}' as at, step, point from (
      select at, step, point, row_number() over (order by at desc) as place,
        ceil(count(*) over () / ${maxPoints}::float8)::int as every
      from rollout_evidence where workspace_id = ${ctx.actor.workspaceId} and rollout_id = ${rolloutId}
    ) as points
    where (place - 1) % every = 0 order by at`);
  return { points: rows.map(({ at, step, point }) => ({ at: new Date(at), step, ...point })) };
}
