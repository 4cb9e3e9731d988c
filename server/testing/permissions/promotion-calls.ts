import { dayMs } from "#server/base/durations.ts";
import { getAliasAt, listAliasChanges } from "#server/develop/registry/aliases/queries.ts";
import { requestGateCheck } from "#server/develop/registry/gates/request-gate-check.ts";
import { getMetadata } from "#server/develop/registry/policy/metadata-queries.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { markGatesFailed } from "#server/release/gates/mark-gates-failed.ts";
import { getChecklist, listChecklists, listGateRuns } from "#server/release/gates/queries.ts";
import { rolloutChecklist } from "#server/release/gates/rollout-checklist.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { waiveGate } from "#server/release/gates/waive-gate.ts";
import { approvePromotion } from "#server/release/promotion/approve-promotion.ts";
import { getPromotionRequest, listPromotionRequests } from "#server/release/promotion/queries.ts";
import { rejectPromotion } from "#server/release/promotion/reject-promotion.ts";
import { requestPromotion } from "#server/release/promotion/request-promotion.ts";
import { withdrawPromotion } from "#server/release/promotion/withdraw-promotion.ts";
import { noFiles, noModels } from "#server/testing/fixtures/registry/requests/testing.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const keyOf = ({ model, version }: Fixture) => ({ name: model, version, alias: "champion" });
const checkId = "0b0e5a52-4a39-4b0a-8f3e-0d6a1f6f7a11";
const reason = "x";

/** History of aliases, policies, gates, promotion requests. */
export const promotionCalls = {
  listAliasChanges: (ctx, { model }) => listAliasChanges(ctx, { name: model }),
  getAliasAt: (ctx, { model }) => getAliasAt(ctx, { name: model, alias: "champion", at: new Date() }),
  getPolicy: (ctx, { model }) => getPolicy(ctx, model),
  setPolicy: (ctx, { model }) => setPolicy(ctx, { name: model, policy: {}, reason }),
  getMetadata: (ctx, fixture) => getMetadata(ctx, keyOf(fixture)),
  getChecklist: (ctx, fixture) => getChecklist(ctx, keyOf(fixture)),
  rolloutChecklist: (ctx, { endpointId, model, version }) => rolloutChecklist(ctx, { endpointId, model, version }),
  listChecklists: (ctx, { model, version }) => listChecklists(ctx, { name: model, versions: [version] }),
  listGateRuns: (ctx, fixture) => listGateRuns(ctx, keyOf(fixture)),
  requestGateCheck: (ctx, fixture) => requestGateCheck(ctx, keyOf(fixture)),
  runGates: (ctx, { versionId }) => runGates(ctx, { versionId, alias: "champion", checkId }, noModels, noFiles),
  markGatesFailed: (ctx, { versionId }) => markGatesFailed(ctx, { versionId, alias: "champion", checkId, reason }),
  waiveGate: (ctx, fixture) =>
    waiveGate(ctx, { ...keyOf(fixture), gate: "metadata", reason, until: new Date(Date.now() + dayMs) }),
  getPromotionRequest: (ctx, { requestId }) => getPromotionRequest(ctx, requestId),
  listPromotionRequests: (ctx, { model }) => listPromotionRequests(ctx, { name: model }),
  requestPromotion: (ctx, fixture) => requestPromotion(ctx, { ...keyOf(fixture), alias: "another", reason }),
  approvePromotion: (ctx, { requestId }) => approvePromotion(ctx, { id: requestId }),
  rejectPromotion: (ctx, { requestId }) => rejectPromotion(ctx, { id: requestId, reason }),
  withdrawPromotion: (ctx, { ownRequestId }) => withdrawPromotion(ctx, { id: ownRequestId, reason }),
} as const satisfies Calls;
