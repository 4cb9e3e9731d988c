import type { Context } from "#server/base/context.ts";
import { replaceCounts } from "../../../serve/rollout/replace-counts.ts";
import { readEvents } from "../outcomes/outcome-queries.ts";
import type { StoredRollout } from "../rollout-rows.ts";

/** Counts the units of a rollout with a business event, completely each time; gateways count the units themselves. */
export async function countOutcomes(
  ctx: Context,
  { id, plan }: Pick<StoredRollout, "id" | "plan">,
  event: string,
): Promise<void> {
  const counts = (await readEvents(ctx, id, event)).map(({ step, arm, events }) => {
    return { step, arm, weight: plan.steps[step]?.weight ?? 1, units: 0, events, misses: 0 };
  });
  await replaceCounts(ctx, id, "outcomes", "conversions", counts);
}
