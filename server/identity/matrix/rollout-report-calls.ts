import { planRollout } from "#server/rollouts/estimate/queries.ts";
import { RolloutPlan } from "#server/rollouts/plan/contract.ts";
import { getRolloutSlices } from "#server/rollouts/slices/queries.ts";
import type { Calls } from "./call.ts";

const plan = RolloutPlan.parse({ steps: [{ weight: 0.1 }], guardrails: [{ metric: "errors" }] });

/** What is worked out about rollouts before their start and after their end. */
export const rolloutReportCalls = {
  planRollout: (ctx, { endpointId }) => planRollout(ctx, { endpointId, plan }),
  getRolloutSlices: (ctx, { rolloutId }) => getRolloutSlices(ctx, { rolloutId }),
} satisfies Calls;
