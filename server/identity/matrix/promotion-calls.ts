import { dayMs } from "#server/durations.ts";
import { getAliasAt, listAliasChanges } from "#server/registry/aliases/queries.ts";
import { giveUpGates } from "#server/registry/gates/give-up-gates.ts";
import { getChecklist, listChecklists, listGateRuns } from "#server/registry/gates/queries.ts";
import { requestGateCheck } from "#server/registry/gates/request-gate-check.ts";
import { rolloutChecklist } from "#server/registry/gates/rollout-checklist.ts";
import { runGates } from "#server/registry/gates/run-gates.ts";
import { waiveGate } from "#server/registry/gates/waive-gate.ts";
import { getMetadata } from "#server/registry/policy/metadata-queries.ts";
import { getPolicy } from "#server/registry/policy/queries.ts";
import { setPolicy } from "#server/registry/policy/set-policy.ts";
import { approvePromotion } from "#server/registry/requests/approve-promotion.ts";
import { getPromotionRequest, listPromotionRequests } from "#server/registry/requests/queries.ts";
import { rejectPromotion } from "#server/registry/requests/reject-promotion.ts";
import { requestPromotion } from "#server/registry/requests/request-promotion.ts";
import { noModels } from "#server/registry/requests/testing.ts";
import { withdrawPromotion } from "#server/registry/requests/withdraw-promotion.ts";
import type { Calls } from "./call.ts";
import type { Scene } from "./scene.ts";

const keyOf = ({ model, version }: Scene) => ({ name: model, version, alias: "champion" });
const checkId = "0b0e5a52-4a39-4b0a-8f3e-0d6a1f6f7a11";
const reason = "x";

/** History of aliases, policies, gates, promotion requests. */
export const promotionCalls = {
  listAliasChanges: (ctx, { model }) => listAliasChanges(ctx, { name: model }),
  getAliasAt: (ctx, { model }) => getAliasAt(ctx, { name: model, alias: "champion", at: new Date() }),
  getPolicy: (ctx, { model }) => getPolicy(ctx, model),
  setPolicy: (ctx, { model }) => setPolicy(ctx, { name: model, policy: {}, reason }),
  getMetadata: (ctx, scene) => getMetadata(ctx, keyOf(scene)),
  getChecklist: (ctx, scene) => getChecklist(ctx, keyOf(scene)),
  rolloutChecklist: (ctx, { endpointId, model, version }) => rolloutChecklist(ctx, { endpointId, model, version }),
  listChecklists: (ctx, { model, version }) => listChecklists(ctx, { name: model, versions: [version] }),
  listGateRuns: (ctx, scene) => listGateRuns(ctx, keyOf(scene)),
  requestGateCheck: (ctx, scene) => requestGateCheck(ctx, keyOf(scene)),
  runGates: (ctx, { versionId }) => runGates(ctx, { versionId, alias: "champion", checkId }, noModels),
  giveUpGates: (ctx, { versionId }) => giveUpGates(ctx, { versionId, alias: "champion", checkId, reason }),
  waiveGate: (ctx, scene) =>
    waiveGate(ctx, { ...keyOf(scene), gate: "metadata", reason, until: new Date(Date.now() + dayMs) }),
  getPromotionRequest: (ctx, { requestId }) => getPromotionRequest(ctx, requestId),
  listPromotionRequests: (ctx, { model }) => listPromotionRequests(ctx, { name: model }),
  requestPromotion: (ctx, scene) => requestPromotion(ctx, { ...keyOf(scene), alias: "another", reason }),
  approvePromotion: (ctx, { requestId }) => approvePromotion(ctx, { id: requestId }),
  rejectPromotion: (ctx, { requestId }) => rejectPromotion(ctx, { id: requestId, reason }),
  withdrawPromotion: (ctx, { ownRequestId }) => withdrawPromotion(ctx, { id: ownRequestId, reason }),
} as const satisfies Calls;
