import { dayMs, hourMs } from "#server/base/durations.ts";
import { budgetHistory } from "#server/respond/budget-spending/budget-history.ts";
import { listBudgetConsumers } from "#server/respond/budget-spending/list-budget-consumers.ts";
import { freezeEndpoint } from "#server/respond/freezes/freeze-endpoint.ts";
import { liftFreeze } from "#server/respond/freezes/lift-freeze.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { addAdjustment } from "#server/watch/slo/adjustments/add-adjustment.ts";
import { revokeAdjustment } from "#server/watch/slo/adjustments/revoke-adjustment.ts";
import { approveChanges } from "#server/watch/slo/approvals/approve-changes.ts";
import { revokeApproval } from "#server/watch/slo/approvals/revoke-approval.ts";
import { checkBudgetGate } from "#server/watch/slo/budget-gate/check-budget-gate.ts";
import { evaluateSlo } from "#server/watch/slo/evaluation/evaluate-slo.ts";
import { exportOpenSlo } from "#server/watch/slo/exchange/export-open-slo.ts";
import { importOpenSlo } from "#server/watch/slo/exchange/import-open-slo.ts";
import { getFreeze } from "#server/watch/slo/freezes/queries.ts";
import { archiveSlo } from "#server/watch/slo/objectives/archive-slo.ts";
import { createSlo } from "#server/watch/slo/objectives/create-slo.ts";
import { countSlos, getSlo, listSloRevisions, listSlos } from "#server/watch/slo/objectives/queries.ts";
import { pauseSlo, resumeSlo } from "#server/watch/slo/objectives/set-pause.ts";
import { updateSlo } from "#server/watch/slo/objectives/update-slo.ts";
import { replaySlo } from "#server/watch/slo/replay/replay-slo.ts";
import { postCounts } from "#server/watch/slo/rollup/post-counts.ts";
import { SeriesMemory } from "#server/watch/slo/rollup/series-memory.ts";
import type { Calls } from "./call.ts";

const reason = "x";
const period = { kind: "rolling" as const, days: 7 };
const available = (endpointId: string) => ({
  target: 0.99,
  period,
  indicator: { kind: "availability" as const, endpointId },
});

/** SLOs and their budgets. */
export const sloCalls = {
  evaluateSlo: (ctx, { sloId }) =>
    evaluateSlo(ctx, sloId, { memory: new SeriesMemory(), now: Date.now(), afterChange: notifyAfterChange }),
  postCounts: (ctx, { model, version }) =>
    postCounts(ctx, { source: "shop", counts: [{ minute: new Date(), good: 1, total: 2, model, version }] }),
  listSlos: (ctx) => listSlos(ctx),
  getSlo: (ctx, { sloId }) => getSlo(ctx, { slo: sloId }),
  countSlos: (ctx) => countSlos(ctx),
  listSloRevisions: (ctx, { sloId }) => listSloRevisions(ctx, { slo: sloId }),
  replaySlo: (ctx, { sloId, endpointId }) => replaySlo(ctx, { slo: sloId, definition: available(endpointId), days: 1 }),
  budgetHistory: (ctx, { sloId }) => budgetHistory(ctx, { slo: sloId }),
  listBudgetConsumers: (ctx, { sloId }) => listBudgetConsumers(ctx, { slo: sloId }),
  checkBudgetGate: (ctx, { endpointId }) => checkBudgetGate(ctx, { endpointId, change: { kind: "deployment" } }),
  exportOpenSlo: (ctx, { sloId }) => exportOpenSlo(ctx, { slo: sloId }),
  getFreeze: (ctx, { endpointId }) => getFreeze(ctx, { endpointId }),
  freezeEndpoint: (ctx, { endpointId }) =>
    freezeEndpoint(ctx, { endpointId, reason, until: new Date(Date.now() + hourMs) }),
  liftFreeze: (ctx, { endpointId }) => liftFreeze(ctx, { endpointId, reason }),
  createSlo: (ctx, { endpointId }) => createSlo(ctx, { name: "new", definition: available(endpointId) }),
  updateSlo: (ctx, { sloId, endpointId }) => updateSlo(ctx, { sloId, definition: available(endpointId), reason }),
  archiveSlo: (ctx, { sloId }) => archiveSlo(ctx, { sloId, reason }),
  pauseSlo: (ctx, { sloId }) => pauseSlo(ctx, { sloId, reason }),
  resumeSlo: (ctx, { sloId }) => resumeSlo(ctx, { sloId, reason }),
  importOpenSlo: (ctx, { endpoint }) => importOpenSlo(ctx, { yaml: sloFile(endpoint), reason }),
  addAdjustment: (ctx, { sloId }) =>
    addAdjustment(ctx, { sloId, from: new Date(Date.now() - hourMs), to: new Date(), reason }),
  revokeAdjustment: (ctx, { sloId, adjustmentId }) => revokeAdjustment(ctx, { sloId, adjustmentId, reason }),
  approveChanges: (ctx, { sloId }) => approveChanges(ctx, { sloId, reason, until: new Date(Date.now() + dayMs) }),
  revokeApproval: (ctx, { sloId, approvalId }) => revokeApproval(ctx, { sloId, approvalId, reason }),
} as const satisfies Calls;

/** Returns an SLO of an endpoint in OpenSLO's format. */
export function sloFile(endpoint: string): string {
  return `apiVersion: openslo/v1
kind: SLO
metadata: {name: imported}
spec:
  service: ${endpoint}
  indicator:
    metadata: {name: imported}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Leeway, spec: {query: good}}}
        total: {metricSource: {type: Leeway, spec: {query: total}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{targetPercent: 99.9}]
`;
}
