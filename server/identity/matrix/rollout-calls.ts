import { abortRollout } from "#server/rollouts/abort-rollout.ts";
import { approveStep } from "#server/rollouts/approve-step.ts";
import { getRolloutCurves } from "#server/rollouts/curve-queries.ts";
import { listRolloutDecisions } from "#server/rollouts/decision-queries.ts";
import { planRollout } from "#server/rollouts/estimate/queries.ts";
import { evaluateRollout } from "#server/rollouts/evaluate-rollout.ts";
import { noteRollout } from "#server/rollouts/note-rollout.ts";
import { getRolloutOutcomes } from "#server/rollouts/outcomes/outcome-queries.ts";
import { recordOutcomes } from "#server/rollouts/outcomes/record-outcomes.ts";
import { overrideBudget } from "#server/rollouts/override-budget.ts";
import { pauseRollout } from "#server/rollouts/pause-rollout.ts";
import { getRollout, listRollouts } from "#server/rollouts/queries.ts";
import { resumeRollout } from "#server/rollouts/resume-rollout.ts";
import { skipStep } from "#server/rollouts/skip-step.ts";
import { getRolloutSlices } from "#server/rollouts/slices/queries.ts";
import { startRollout } from "#server/rollouts/start-rollout.ts";
import { getBudget } from "#server/slo/endpoint-budget/queries.ts";
import { setBudget } from "#server/slo/endpoint-budget/set-budget.ts";
import type { Calls } from "./call.ts";

const reason = "x";
const smallPlan = { steps: [{ weight: 0.1 }], guardrails: [{ metric: "errors" as const }] };

/** Rollouts, and the error budgets that they respect. */
export const rolloutCalls = {
  listRollouts: (ctx) => listRollouts(ctx),
  getRollout: (ctx, { rolloutId }) => getRollout(ctx, { rolloutId }),
  listRolloutDecisions: (ctx, { rolloutId }) => listRolloutDecisions(ctx, { rolloutId }),
  getRolloutOutcomes: (ctx, { rolloutId }) => getRolloutOutcomes(ctx, { rolloutId }),
  recordOutcomes: (ctx, { endpointId }) =>
    recordOutcomes(ctx, { endpointId, outcomes: [{ requestId: "1", name: "order" }] }),
  getRolloutCurves: (ctx, { rolloutId }) => getRolloutCurves(ctx, { rolloutId }),
  planRollout: (ctx, { endpointId }) => planRollout(ctx, { endpointId, plan: smallPlan }),
  getRolloutSlices: (ctx, { rolloutId }) => getRolloutSlices(ctx, { rolloutId }),
  startRollout: (ctx, { endpointId, version }) => startRollout(ctx, { endpointId, version, plan: smallPlan, reason }),
  pauseRollout: (ctx, { rolloutId }) => pauseRollout(ctx, { rolloutId, reason }),
  resumeRollout: (ctx, { rolloutId }) => resumeRollout(ctx, { rolloutId, reason }),
  approveStep: (ctx, { rolloutId }) => approveStep(ctx, { rolloutId, reason }),
  skipStep: (ctx, { rolloutId }) => skipStep(ctx, { rolloutId, reason }),
  abortRollout: (ctx, { rolloutId }) => abortRollout(ctx, { rolloutId, reason }),
  noteRollout: (ctx, { rolloutId }) => noteRollout(ctx, { rolloutId, reason }),
  overrideBudget: (ctx, { rolloutId }) => overrideBudget(ctx, { rolloutId, reason }),
  evaluateRollout: (ctx, { rolloutId }) => evaluateRollout(ctx, rolloutId),
  getBudget: (ctx, { endpointId }) => getBudget(ctx, { endpointId }),
  setBudget: (ctx, { endpointId }) =>
    setBudget(ctx, { endpointId, budget: { availability: 0.99, latency: null, days: 7 } }),
} as const satisfies Calls;
