import { approveRetrainingCycle } from "#server/improve/retraining/cycles/approve-retraining-cycle.ts";
import { declineRetrainingCycle } from "#server/improve/retraining/cycles/decline-retraining-cycle.ts";
import { endRetrainingCycle } from "#server/improve/retraining/cycles/end-retraining-cycle.ts";
import { getRetrainingCycle, listRetrainingCycles } from "#server/improve/retraining/cycles/queries.ts";
import { requestRetraining } from "#server/improve/retraining/cycles/request-retraining.ts";
import { getRetrainingGains } from "#server/improve/retraining/outcome/queries.ts";
import { createRetrainingPolicy } from "#server/improve/retraining/policies/create-retraining-policy.ts";
import { deleteRetrainingPolicy } from "#server/improve/retraining/policies/delete-retraining-policy.ts";
import { pauseRetrainingPolicy } from "#server/improve/retraining/policies/pause-retraining-policy.ts";
import {
  getRetrainingPolicy,
  listRetrainingDecisions,
  listRetrainingPolicies,
} from "#server/improve/retraining/policies/queries.ts";
import { resumeRetrainingPolicy } from "#server/improve/retraining/policies/resume-retraining-policy.ts";
import { updateRetrainingPolicy } from "#server/improve/retraining/policies/update-retraining-policy.ts";
import { quickPlan } from "#server/testing/fixtures/rollouts/testing.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const reason = "x";
const cycleOf = ({ model, retrainingCycle: number }: Fixture) => ({ model, number });

/** Retraining policies and their cycles. */
export const retrainingCalls = {
  listRetrainingPolicies: (ctx) => listRetrainingPolicies(ctx),
  getRetrainingPolicy: (ctx, { model }) => getRetrainingPolicy(ctx, model),
  listRetrainingDecisions: (ctx, { model }) => listRetrainingDecisions(ctx, { model }),
  getRetrainingGains: (ctx, { model }) => getRetrainingGains(ctx, model),
  createRetrainingPolicy: (ctx, { model, endpoint, dataset, jobTemplate, evaluationSetId }) =>
    createRetrainingPolicy(ctx, {
      model,
      endpoint,
      rules: { triggers: [] },
      plan: {
        data: { kind: "dataset", name: dataset },
        job: { template: jobTemplate },
        compare: { frozenSet: evaluationSetId },
        release: { plan: quickPlan },
      },
    }),
  updateRetrainingPolicy: (ctx, { model }) => updateRetrainingPolicy(ctx, { model, rules: { triggers: [] } }),
  pauseRetrainingPolicy: (ctx, { model }) => pauseRetrainingPolicy(ctx, { model, reason }),
  resumeRetrainingPolicy: (ctx, { model }) => resumeRetrainingPolicy(ctx, model),
  deleteRetrainingPolicy: (ctx, { model }) => deleteRetrainingPolicy(ctx, model),
  listRetrainingCycles: (ctx, { model }) => listRetrainingCycles(ctx, { model }),
  getRetrainingCycle: (ctx, fixture) => getRetrainingCycle(ctx, cycleOf(fixture)),
  requestRetraining: (ctx, { model }) => requestRetraining(ctx, { model, reason }),
  endRetrainingCycle: (ctx, fixture) => endRetrainingCycle(ctx, { ...cycleOf(fixture), reason }),
  approveRetrainingCycle: (ctx, fixture) => approveRetrainingCycle(ctx, { ...cycleOf(fixture), reason }),
  declineRetrainingCycle: (ctx, fixture) => declineRetrainingCycle(ctx, { ...cycleOf(fixture), reason }),
} as const satisfies Calls;
