import type { PermissionName } from "../../platform/permissions/permissions.ts";
import { alertRuleCalls } from "./alert-rule-calls.ts";
import { alertsCalls } from "./alerts-calls.ts";
import { artifactCalls } from "./artifact-calls.ts";
import { bundleCalls } from "./bundle-calls.ts";
import type { Call } from "./call.ts";
import { costCalls } from "./cost-calls.ts";
import { datasetCalls } from "./dataset-calls.ts";
import { debugCalls } from "./debug-calls.ts";
import { evaluationCalls } from "./evaluation-calls.ts";
import { evaluationSetCalls } from "./evaluation-set-calls.ts";
import { featureCalls } from "./feature-calls.ts";
import { findingsCalls } from "./findings-calls.ts";
import { gameDayCalls } from "./game-day-calls.ts";
import { identityCalls } from "./identity-calls.ts";
import { incidentsCalls } from "./incidents-calls.ts";
import { labelFlowCalls } from "./label-flow-calls.ts";
import { labellingCalls } from "./labelling-calls.ts";
import { monitoringCalls } from "./monitoring-calls.ts";
import { notificationsCalls } from "./notifications-calls.ts";
import { oncallCalls } from "./oncall-calls.ts";
import { playgroundCalls } from "./playground-calls.ts";
import { profilesCalls } from "./profiles-calls.ts";
import { promotionCalls } from "./promotion-calls.ts";
import { qualityCalls } from "./quality-calls.ts";
import { registryCalls } from "./registry-calls.ts";
import { reportsCalls } from "./reports-calls.ts";
import { retrainingCalls } from "./retraining-calls.ts";
import { rolloutCalls } from "./rollout-calls.ts";
import { runCalls } from "./run-calls.ts";
import { securityCalls } from "./security-calls.ts";
import { servingCalls } from "./serving-calls.ts";
import { sloCalls } from "./slo-calls.ts";
import { tableCalls } from "./table-calls.ts";
import { taskCalls } from "./task-calls.ts";
import { traceCalls } from "./trace-calls.ts";
import { trackingCalls } from "./tracking-calls.ts";
import { trainingCalls } from "./training-calls.ts";
import { transferCalls } from "./transfer-calls.ts";
import { trashCalls } from "./trash-calls.ts";
import { triageCalls } from "./triage-calls.ts";
import { webhookCalls } from "./webhook-calls.ts";

/** A call of every command and query there is. Does not compile while a permission has none. */
export const everyCall: Record<PermissionName, Call> = {
  ...identityCalls,
  ...artifactCalls,
  ...datasetCalls,
  ...featureCalls,
  ...trackingCalls,
  ...tableCalls,
  ...runCalls,
  ...traceCalls,
  ...evaluationCalls,
  ...evaluationSetCalls,
  ...registryCalls,
  ...promotionCalls,
  ...securityCalls,
  ...bundleCalls,
  ...servingCalls,
  ...rolloutCalls,
  ...sloCalls,
  ...alertsCalls,
  ...alertRuleCalls,
  ...notificationsCalls,
  ...oncallCalls,
  ...incidentsCalls,
  ...gameDayCalls,
  ...triageCalls,
  ...debugCalls,
  ...reportsCalls,
  ...costCalls,
  ...qualityCalls,
  ...profilesCalls,
  ...findingsCalls,
  ...monitoringCalls,
  ...taskCalls,
  ...playgroundCalls,
  ...webhookCalls,
  ...transferCalls,
  ...trashCalls,
  ...labellingCalls,
  ...trainingCalls,
  ...retrainingCalls,
  ...labelFlowCalls,
};
