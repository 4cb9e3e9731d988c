import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { recordOutcomeKpis } from "#server/report/kpis/record-outcome-kpis.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type RecordedOutcomes, RecordOutcomes } from "../../release/rollouts/outcomes/contract.ts";
import { keepOutcomes } from "../../release/rollouts/outcomes/keep-outcomes.ts";

/**
 * Keeps what came of requests, such as orders and what they were worth, for the rollout that assigned them: by request id, or by key where
 * a rollout assigns by keys; and for the KPI of that name, where there is one, so that both count the same. The same again changes nothing;
 * another value takes the place of the earlier one. Those that no rollout can be told of are named: a KPI keeps them and tells the rollout
 * once they are known; others may be posted again. @throws DomainError "not-found", "conflict" when the endpoint is archived
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
