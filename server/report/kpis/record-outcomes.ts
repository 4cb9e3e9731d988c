import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { recordOutcomeKpis } from "#server/report/kpis/record-outcome-kpis.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type RecordedOutcomes, RecordOutcomes } from "../../release/rollouts/outcomes/contract.ts";
import { keepOutcomes } from "../../release/rollouts/outcomes/keep-outcomes.ts";

/**
 * Stores outcomes of requests, such as orders and their value, for the rollout that assigned them: by request id, or by key where
 * a rollout assigns by keys; and for the KPI of that name, if any, so that both count the same. A repetition changes nothing;
 * another value replaces the earlier one. Returns the outcomes without a known rollout: a KPI stores them and passes them on
 * once it is known; others may be posted again. @throws DomainError "not-found", "conflict" when the endpoint is archived
 */
export async function recordOutcomes(ctx: Context, input: RecordOutcomes): Promise<RecordedOutcomes> {
  permit(ctx, "recordOutcomes");
  const { endpointId, outcomes } = RecordOutcomes.parse(input);
  const now = new Date();
  return transact(ctx, async (ctx) => {
    await findLiveEndpoint(ctx, endpointId);
    await recordOutcomeKpis(ctx, endpointId, outcomes, now);
    return keepOutcomes(ctx, endpointId, outcomes, now);
  });
}
