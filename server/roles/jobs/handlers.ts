import { join } from "node:path";
import { verifyAuditLog } from "#server/admin/audit-log/verify-audit-log.ts";
import { collectArtifacts } from "#server/admin/collection/collect-artifacts.ts";
import { sweepArtifacts } from "#server/admin/collection/sweep-artifacts.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { runExport } from "#server/admin/transfer/exports/run-export.ts";
import { runImport } from "#server/admin/transfer/imports/run-import.ts";
import { resumeTransfers } from "#server/admin/transfer/resume-transfers.ts";
import { applyRetention } from "#server/admin/trash/apply-retention.ts";
import { purgeTrash } from "#server/admin/trash/purge-trash.ts";
import { deleteOldDeliveries } from "#server/admin/webhooks/delete-old-deliveries.ts";
import { deleteOldAlerts } from "#server/alerting/alerts/history/delete-old-alerts.ts";
import { deleteOldNotifications } from "#server/alerting/notifications/delete-old-notifications.ts";
import type { Context } from "#server/base/context.ts";
import { findLeakage } from "#server/develop/datasets/leakage/find-leakage.ts";
import { markLeakageCheckFailed } from "#server/develop/datasets/leakage/mark-leakage-check-failed.ts";
import { markUploadFailed } from "#server/develop/datasets/mark-upload-failed.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { checkDataset } from "#server/develop/datasets/rules/check-dataset.ts";
import { packFeatures } from "#server/develop/features/history/pack-features.ts";
import { maintainFeatures } from "#server/develop/features/maintenance/maintain-features.ts";
import { materialiseView } from "#server/develop/features/materialisations/materialise-view.ts";
import { resumeMaterialisations } from "#server/develop/features/materialisations/resume-materialisations.ts";
import { startDueMaterialisations } from "#server/develop/features/materialisations/start-due-materialisations.ts";
import { resumeKeyRemovals, runKeyRemoval } from "#server/develop/features/removal/run-key-removal.ts";
import { isMadeBy, makeTrainingSet } from "#server/develop/features/training-sets/make-training-set.ts";
import { resumeTrainingSets } from "#server/develop/features/training-sets/resume-training-sets.ts";
import { findFeatureUses } from "#server/develop/features/uses/find-feature-uses.ts";
import { inspectVersion } from "#server/develop/registry/inspection/inspect-version.ts";
import { markInspectionFailed } from "#server/develop/registry/inspection/mark-inspection-failed.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { enqueueWaitingGates } from "#server/develop/registry/requests/enqueue-waiting-gates.ts";
import { markScanFailed } from "#server/develop/registry/security/mark-scan-failed.ts";
import { scanVersion } from "#server/develop/registry/security/scan-version.ts";
import { watchRuns } from "#server/develop/tracking/health/watch-runs.ts";
import { packMetrics } from "#server/develop/tracking/metrics/pack-metrics.ts";
import { shrinkMetrics } from "#server/develop/tracking/metrics/shrink-metrics.ts";
import { decideAgain } from "#server/improve/labelling/consensus/decide-again.ts";
import { markExportFailed, performExport } from "#server/improve/labelling/flows/perform-export.ts";
import { maintainLabels } from "#server/improve/labelling/maintain-labels.ts";
import { wantAnswersOfAll } from "#server/improve/labelling/projects/want-answers.ts";
import { markLabelRunFailed, performLabelRun } from "#server/improve/labelling/runs/perform-label-run.ts";
import { maintainTraining } from "#server/improve/training/retention/maintain-training.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { deleteExpiredIdempotencyRecords } from "#server/platform/idempotency/delete-expired-idempotency-records.ts";
import { deleteExpiredSessions } from "#server/platform/identity/sessions/delete-expired-sessions.ts";
import { deleteOldSignInAttempts } from "#server/platform/identity/sign-in/delete-expired-attempts.ts";
import { endSignInEpisodes } from "#server/platform/identity/sign-in-log/end-episodes.ts";
import { resumeEvaluations } from "#server/release/evaluation/runs/resume-evaluations.ts";
import { runEvaluation } from "#server/release/evaluation/runs/run-evaluation.ts";
import { freezeEvaluationSet, markEvaluationSetFailed } from "#server/release/evaluation/sets/freeze-evaluation-set.ts";
import { markGatesFailed } from "#server/release/gates/mark-gates-failed.ts";
import { runGates } from "#server/release/gates/run-gates.ts";
import { attributeWaiting } from "#server/report/kpis/attribute-waiting.ts";
import { sendDigests } from "#server/report/reports/digest/send-digests.ts";
import { refreshReports } from "#server/report/reports/refresh-reports.ts";
import { deleteOldEscalations } from "#server/respond/oncall/escalation/delete-old-escalations.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { rollUpWindows } from "#server/serve/hours/roll-up-windows.ts";
import { resumeLoadTests } from "#server/serve/load-test/resume-load-tests.ts";
import { runLoadTest } from "#server/serve/load-test/run-load-test.ts";
import type { VersionLeaser } from "#server/serve/model-runs/with-leased-version.ts";
import { deleteOldPlaygroundRuns } from "#server/serve/playground/delete-expired-runs.ts";
import { readLabelledPredictions } from "#server/serve/predictions/labelled-predictions.ts";
import { deleteExpiredTasks } from "#server/serve/tasks/delete-expired-tasks.ts";
import { recoverTasks } from "#server/serve/tasks/recover-tasks.ts";
import { maintainPredictions } from "#server/serve/telemetry/maintain-predictions.ts";
import { meterCosts } from "#server/watch/cost/metering/meter-costs.ts";
import { measureViewDrift } from "#server/watch/features/drift/measure-view-drift.ts";
import { compareServedFeatures } from "#server/watch/features/skew/compare-served-features.ts";
import { markAnalysisFailed } from "#server/watch/monitoring/analyses/mark-analysis-failed.ts";
import { runAnalysis } from "#server/watch/monitoring/analyses/run-analysis.ts";
import { rollUpStates } from "#server/watch/monitoring/history/roll-up-states.ts";
import { buildProfile } from "#server/watch/monitoring/profiles/build-profile.ts";
import { findReference } from "#server/watch/monitoring/profiles/find-reference.ts";
import { markReferenceFailed } from "#server/watch/monitoring/profiles/mark-reference-failed.ts";
import { deleteOldHours } from "#server/watch/slo/rollup/delete-old-hours.ts";
import { inEveryWorkspace } from "../../platform/jobs/in-every-workspace.ts";
import type { JobData, JobKind } from "../../platform/jobs/kinds.ts";
import type { Attempt } from "../../platform/jobs/watcher.ts";

/** Dependencies that the worker passes to a job besides its context. */
export interface JobDependencies {
  config: Config;
  artifacts: ArtifactStore;
  /** Runs versions. */
  models: VersionLeaser;
  /** Runs one item of a job: an item that fails is set aside, and the job goes on with the others. */
  attempt: Attempt;
}

type Handler<Kind extends JobKind> = (ctx: Context, data: JobData[Kind], deps: JobDependencies) => Promise<void>;
export type Handlers = { readonly [Kind in JobKind]: Handler<Kind> };

/** Where files of features are joined and packed on this machine. */
const scratchOf = ({ dataDir }: Config) => join(dataDir, "worker", "features");

/** Handlers of each kind of job, one line each. */
export const handlers: Handlers = {
  "inspect-version": (ctx, { versionId }, { artifacts, config }) =>
    inspectVersion(ctx, versionId, { artifacts, describeModel, maxBytes: config.maxUploadBytes }),
  "give-up-inspection": markInspectionFailed,
  "scan-version": (ctx, { versionId }, { artifacts }) => scanVersion(ctx, versionId, artifacts),
  "give-up-scan": markScanFailed,
  "forget-deliveries": (ctx) => deleteOldDeliveries(ctx),
  "forget-notifications": (ctx, _, { attempt }) => deleteOldNotifications(ctx, undefined, attempt),
  "run-import": (ctx, { importId }, { artifacts, config }) =>
    runImport(ctx, importId, { artifacts, rules: config.imports, maxBytes: config.maxUploadBytes }),
  "run-export": (ctx, { exportId }, { artifacts }) => runExport(ctx, exportId, artifacts),
  "resume-transfers": (ctx, _, { artifacts }) => resumeTransfers(ctx, artifacts),
  "run-load-test": (ctx, { loadTestId }, { config }) => runLoadTest(ctx, loadTestId, config),
  "resume-load-tests": (ctx, _, { attempt }) => resumeLoadTests(ctx, attempt),
  "pack-metrics": (ctx) => packMetrics(ctx),
  "shrink-metrics": shrinkMetrics,
  "run-gates": (ctx, check, { models, artifacts }) => runGates(ctx, check, models, artifacts),
  "give-up-gates": markGatesFailed,
  "read-dataset": (ctx, { uploadId, maker }, { artifacts }) =>
    readDataset(ctx, uploadId, artifacts, maker && ((ctx) => isMadeBy(ctx, maker))),
  "check-dataset": (ctx, data, { artifacts }) => checkDataset(ctx, data, artifacts),
  "give-up-dataset": markUploadFailed,
  "find-leakage": (ctx, { checkId }, { artifacts }) => findLeakage(ctx, checkId, artifacts),
  "give-up-leakage": markLeakageCheckFailed,
  "build-profile": (ctx, { profileId }, deps) => buildProfile(ctx, profileId, deps),
  "give-up-profile": markReferenceFailed,
  "run-analysis": (ctx, { analysisId }, deps) => runAnalysis(ctx, analysisId, deps),
  "give-up-analysis": markAnalysisFailed,
  "find-reference": (ctx, { versionId }) => findReference(ctx, versionId),
  "freeze-evaluation-set": (ctx, { setId }, { artifacts }) => freezeEvaluationSet(ctx, setId, artifacts),
  "give-up-evaluation-set": markEvaluationSetFailed,
  "run-evaluation": (ctx, { runId }, { artifacts, models }) =>
    runEvaluation(ctx, runId, { artifacts, models, onEnd: enqueueWaitingGates }),
  "resume-evaluations": (ctx, _, { attempt }) => resumeEvaluations(ctx, attempt),
  "maintain-predictions": (ctx, _, { attempt }) => maintainPredictions(ctx, undefined, attempt),
  "pack-features": (ctx, _, { artifacts, config, attempt }) =>
    packFeatures(ctx, { artifacts, scratch: scratchOf(config) }, undefined, attempt),
  "compare-features": (ctx, _, { artifacts, config, attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) =>
      compareServedFeatures(ctx, { artifacts, scratch: scratchOf(config) }, notifyAfterChange, { attempt }),
    ),
  "measure-feature-drift": (ctx, _, { artifacts, config, attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) =>
      measureViewDrift(ctx, { artifacts, scratch: scratchOf(config) }, { attempt }),
    ),
  "remove-feature-key": (ctx, { removalId }, { artifacts, config }) =>
    runKeyRemoval(ctx, removalId, { artifacts, scratch: scratchOf(config) }),
  "resume-key-removals": (ctx, _, { attempt }) => resumeKeyRemovals(ctx, attempt),
  "make-training-set": (ctx, { trainingSetId }, { artifacts, config }) =>
    makeTrainingSet(ctx, trainingSetId, {
      artifacts,
      scratch: scratchOf(config),
      maxBytes: config.maxUploadBytes,
      predictions: readLabelledPredictions,
    }),
  "find-feature-uses": findFeatureUses,
  "resume-training-sets": (ctx, _, { attempt }) => resumeTrainingSets(ctx, attempt),
  materialise: (ctx, { materialisationId }, { artifacts, config }) =>
    materialiseView(ctx, materialisationId, { artifacts, scratch: scratchOf(config), network: config.webhooks }),
  "resume-materialisations": (ctx, _, { attempt }) => resumeMaterialisations(ctx, attempt),
  "start-materialisations": (ctx, _, { attempt }) => startDueMaterialisations(ctx, attempt),
  "maintain-features": (ctx, _, { attempt }) => maintainFeatures(ctx, undefined, attempt),
  "mend-tasks": (ctx, _, { config, attempt }) => recoverTasks(ctx, config.gatewayUrl, attempt),
  "forget-tasks": (ctx, _, { artifacts, attempt }) => deleteExpiredTasks(ctx, artifacts, attempt),
  "forget-playground-runs": (ctx, _, { attempt }) => deleteOldPlaygroundRuns(ctx, undefined, attempt),
  "maintain-training": (ctx, _, { artifacts, attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => maintainTraining(ctx, artifacts, attempt)),
  "maintain-labels": (ctx, _, { attempt }) => inEveryWorkspace(ctx, attempt, (ctx) => maintainLabels(ctx, attempt)),
  "export-labels": (ctx, data, { artifacts, config }) =>
    performExport(ctx, data, { artifacts, maxBytes: config.maxUploadBytes }),
  "give-up-label-export": markExportFailed,
  "want-label-answers": wantAnswersOfAll,
  "decide-label-tasks": decideAgain,
  "run-labels": (ctx, data, { artifacts }) => performLabelRun(ctx, data, artifacts),
  "give-up-label-run": markLabelRunFailed,
  "watch-runs": watchRuns,
  "forget-sign-in-attempts": async (ctx, _, { attempt }) => {
    await attempt({ id: "attempts" }, () => deleteOldSignInAttempts(ctx));
    await attempt({ id: "sessions" }, () => deleteExpiredSessions(ctx));
  },
  "end-sign-in-episodes": (ctx, _, { attempt }) => endSignInEpisodes(ctx, undefined, attempt),
  "verify-audit-log": (ctx) => verifyAuditLog(ctx),
  "forget-alerts": async (ctx, _, { attempt }) => {
    await deleteOldAlerts(ctx, undefined, attempt);
    await attempt({ id: "escalations" }, () => deleteOldEscalations(ctx));
  },
  "forget-answers": (ctx) => deleteExpiredIdempotencyRecords(ctx),
  "roll-up-states": (ctx, _, { attempt }) => rollUpStates(ctx, undefined, attempt),
  "roll-up-windows": (ctx, _, { attempt }) => rollUpWindows(ctx, undefined, attempt),
  "send-digests": (ctx, _, { attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => sendDigests(ctx, undefined, attempt)),
  "refresh-reports": (ctx, _, { attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => refreshReports(ctx, undefined, attempt)),
  "attribute-kpi-events": (ctx, _, { attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => attributeWaiting(ctx, undefined, attempt)),
  "forget-sli-hours": (ctx) => deleteOldHours(ctx),
  "meter-costs": (ctx, _, { attempt }) => meterCosts(ctx, undefined, attempt),
  "collect-artifacts": (ctx, _, { artifacts, attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => collectArtifacts(ctx, artifacts, undefined, attempt)),
  "purge-trash": (ctx, _, { attempt }) => inEveryWorkspace(ctx, attempt, (ctx) => purgeTrash(ctx)),
  "apply-retention": (ctx, _, { attempt }) => inEveryWorkspace(ctx, attempt, (ctx) => applyRetention(ctx)),
  "sweep-artifacts": (ctx, _, { artifacts, attempt }) =>
    inEveryWorkspace(ctx, attempt, (ctx) => sweepArtifacts(ctx, artifacts, undefined, attempt)),
};
