import { abortRollout } from "#server/release/rollouts/abort-rollout.ts";
import { approveStep } from "#server/release/rollouts/approve-step.ts";
import { getRolloutCurves } from "#server/release/rollouts/curve-queries.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { planRollout } from "#server/release/rollouts/estimate/queries.ts";
import { evaluateRollout } from "#server/release/rollouts/evaluate-rollout.ts";
import { noteRollout } from "#server/release/rollouts/note-rollout.ts";
import { getRolloutOutcomes } from "#server/release/rollouts/outcomes/outcome-queries.ts";
import { overrideBudget } from "#server/release/rollouts/override-budget.ts";
import { pauseRollout } from "#server/release/rollouts/pause-rollout.ts";
import { getRollout, listRollouts } from "#server/release/rollouts/queries.ts";
import { resumeRollout } from "#server/release/rollouts/resume-rollout.ts";
import { skipStep } from "#server/release/rollouts/skip-step.ts";
import { getRolloutSlices } from "#server/release/rollouts/slices/queries.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { recordOutcomes } from "#server/report/kpis/record-outcomes.ts";
import { getBudget } from "#server/watch/slo/endpoint-budget/queries.ts";
import { setBudget } from "#server/watch/slo/endpoint-budget/set-budget.ts";
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
