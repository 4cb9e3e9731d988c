import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findRollout, hasEnded } from "../rollout-rows.ts";
import { countLabels } from "./count-labels.ts";
import { countOutcomes } from "./count-outcomes.ts";

/** Counts what is known of a rollout beside what gateways count, as far as its guardrails ask for it. Nothing of one that is over. */
export async function countSources(ctx: Context, rolloutId: string): Promise<void> {
  permit(ctx, "evaluateRollout");
  const rollout = await findRollout(ctx, rolloutId);
  if (hasEnded(rollout)) return;
  const { guardrails } = rollout.plan;
  if (guardrails.some(({ metric }) => metric === "label-errors")) await countLabels(ctx, rollout);
  const { event } = guardrails.find(({ metric }) => metric === "conversions") ?? {};
  if (event !== undefined) await countOutcomes(ctx, rollout, event);
}
