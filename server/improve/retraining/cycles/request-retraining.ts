import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { RetrainingPlan } from "../contract.ts";
import { startCycle } from "../cycle/start-cycle.ts";
import { lockPolicy } from "../policies/policy-rows.ts";
import { newestDecision } from "../policies/queries.ts";
import { type RequestedRetraining, RequestRetraining } from "./contract.ts";
import { loadCycle } from "./queries.ts";
import { requesterOf } from "./requester.ts";

/**
 * Starts a cycle because a person asks for one, also while the policy is paused or holds: the person decides, and is shown what stands against it. What
 * the policy holds is answered by this cycle, so that it does not start another one.
 * @throws DomainError "not-found"; "conflict" while a cycle is open, or where the endpoint serves no version of the model
 */
export async function requestRetraining(ctx: Context, input: RequestRetraining): Promise<RequestedRetraining> {
  permit(ctx, "requestRetraining");
  const { model, reason, variant } = RequestRetraining.parse(input);
  return transact(ctx, async (ctx) => {
    const policy = await lockPolicy(ctx, model);
    const decision = await newestDecision(ctx, policy.id);
    const held = decision?.kind === "held" ? decision : { evidence: [], holds: [] };
    const request = { by: await requesterOf(ctx), reason };
    // A variant answers nothing that speaks for a training.
    const { id, number } = await startCycle(ctx, policy, {
      evidence: variant ? [] : held.evidence,
      request,
      ...(variant && { plan: planOfVariant(policy.plan, variant) }),
    });
    await record(ctx, "retraining-cycle.requested", {
      subject: `retraining-cycle/${id}`,
      after: { model, number, holds: held.holds.map(({ code }) => code), variant: variant?.template ?? null },
      reason,
    });
    await publish(ctx, "retraining", policy.id);
    return { cycle: await loadCycle(ctx, { model, number }), holds: held.holds };
  });
}

/** Returns the plan of a policy with another program, whose result need not be better than the champion, only as good. */
function planOfVariant(
  plan: RetrainingPlan,
  { template, dataset = plan.job.dataset }: NonNullable<RequestRetraining["variant"]>,
): RetrainingPlan {
  return {
    ...plan,
    job: { ...plan.job, template, parameters: {}, dataset },
    compare: { ...plan.compare, freshSet: null },
  };
}
