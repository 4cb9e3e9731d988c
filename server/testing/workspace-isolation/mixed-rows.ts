import type { Fixture } from "#server/testing/permissions/fixture.ts";
import type { Requested } from "./row.ts";

/** Route that is called for an object of the caller's workspace and names one of another workspace. */
interface MixedRow {
  route: string;
  request: (own: Fixture, theirs: Fixture) => Requested;
  /** Expected status: 404 by default; 200 where MLflow stores an id as text, whatever it names. */
  status?: number;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
const mlflow = "/api/2.0/mlflow";
const sent = (route: string, body: (own: Fixture, theirs: Fixture) => object, status?: number): MixedRow => ({
  route,
  request: (own, theirs) => ({ body: body(own, theirs) }),
  ...(status !== undefined && { status }),
});
const requesting = (route: string, request: MixedRow["request"], status?: number): MixedRow => ({
  route,
  request,
  ...(status !== undefined && { status }),
});

const availability = (endpointId: string) => ({
  target: 0.9,
  period: { kind: "rolling", days: 30 },
  indicator: { kind: "availability", endpointId },
});

/** All ways to put an id of another workspace beside or below an object of the caller's own. */
export const mixedRows: MixedRow[] = [
  sent(
    `POST ${mlflow}/runs/log-inputs`,
    (own, theirs) => ({
      run_id: own.runId,
      models: [{ model_id: theirs.loggedModelId }],
    }),
    200,
  ),
  sent(
    `POST ${mlflow}/runs/outputs`,
    (own, theirs) => ({
      run_id: own.runId,
      models: [{ model_id: theirs.loggedModelId }],
    }),
    200,
  ),
  sent(
    `POST ${mlflow}/logged-models`,
    (own, theirs) => ({
      experiment_id: String(own.experimentId),
      source_run_id: theirs.runId,
    }),
    200,
  ),
  sent(`POST ${mlflow}/runs/log-metric`, (own, theirs) => ({
    run_id: own.runId,
    key: "loss",
    value: 1,
    timestamp: 2,
    step: 2,
    model_id: theirs.loggedModelId,
  })),
  sent(
    `POST ${mlflow}/model-versions/create`,
    (own, theirs) => ({
      name: own.model,
      source: `mlflow-artifacts:/${folderOf(theirs.artifactPath)}`,
    }),
    200,
  ),
  sent(
    `POST ${mlflow}/model-versions/create`,
    (own, theirs) => ({
      name: own.model,
      source: `runs:/${theirs.runId}/model`,
      run_id: theirs.runId,
    }),
    200,
  ),
  sent(`POST ${mlflow}/model-versions/create`, (own, theirs) => ({
    name: own.model,
    source: `models:/${theirs.loggedModelId}`,
    model_id: theirs.loggedModelId,
  })),
  sent("POST /api/v1/models/:model/registrations", (_own, theirs) => ({
    source: `runs:/${theirs.runId}/model`,
    loggedModelId: theirs.loggedModelId,
  })),
  sent("PUT /api/v1/models/:model/owner", (_own, { userId: ownerId }) => ({ ownerId })),
  sent(
    "POST /api/v1/experiments/:experiment/runs/tagging",
    (_own, { runId }) => ({
      runIds: [runId],
      key: "team",
      value: "x",
    }),
    200,
  ),
  sent(
    "POST /api/v1/experiments/:experiment/runs/deletion",
    (_own, { runId }) => ({ runIds: [runId], reason: "x" }),
    200,
  ),
  sent(`POST /api/3.0/mlflow/datasets/create`, (own, theirs) => ({
    name: "mixed",
    experiment_ids: [String(own.experimentId), String(theirs.experimentId)],
  })),
  sent("POST /api/3.0/mlflow/datasets/:dataset_id/add-experiments", (_own, { experimentId }) => ({
    experiment_ids: [String(experimentId)],
  })),
  sent(
    "DELETE /api/3.0/mlflow/datasets/:dataset_id/records",
    (_own, { evaluationRecordId }) => ({ dataset_record_ids: [evaluationRecordId] }),
    200,
  ),
  requesting("GET /api/3.0/mlflow/traces/:trace_id/assessments/:assessment_id", (_own, { assessmentId }) => ({
    params: { assessment_id: assessmentId },
  })),
  requesting("PATCH /api/3.0/mlflow/traces/:trace_id/assessments/:assessment_id", (_own, { assessmentId }) => ({
    params: { assessment_id: assessmentId },
    body: { assessment: { feedback: { value: false } } },
  })),
  requesting("GET /api/v1/datasets/:dataset/uploads/:upload", (_own, { datasetUploadId }) => ({
    params: { upload: datasetUploadId },
  })),
  requesting("POST /api/v1/datasets/:dataset/uploads/:upload/retries", (_own, { givenUpUploadId }) => ({
    params: { upload: givenUpUploadId },
  })),
  requesting("GET /api/v1/datasets/:dataset/leakage-checks/:check", (_own, { leakageCheckId }) => ({
    params: { check: leakageCheckId },
  })),
  sent("POST /api/v1/slos", (_own, { endpointId }) => ({ name: "mixed", definition: availability(endpointId) })),
  sent("POST /api/v1/slos", ({ endpointId }, { teamId }) => ({
    name: "mixed",
    definition: availability(endpointId),
    teamId,
  })),
  sent("POST /api/v1/slos", ({ sloId }, theirs) => ({
    name: "mixed",
    definition: {
      target: 0.9,
      period: { kind: "rolling", days: 30 },
      composite: { mode: "worst", parts: [{ sloId }, { sloId: theirs.sloId }] },
    },
  })),
  requesting("PATCH /api/v1/slos/:slo", (_own, { endpointId }) => ({
    body: { definition: availability(endpointId), reason: "x" },
  })),
  requesting("POST /api/v1/slos/:slo/adjustments/:adjustment/revocation", (_own, { adjustmentId }) => ({
    params: { adjustment: adjustmentId },
    body: { reason: "x" },
  })),
  requesting("POST /api/v1/slos/:slo/approvals/:approval/revocation", (_own, { approvalId }) => ({
    params: { approval: approvalId },
    body: { reason: "x" },
  })),
  sent("POST /api/v1/slo-replays", (_own, { endpointId }) => ({ definition: availability(endpointId), days: 1 })),
  requesting("GET /api/v1/endpoints/:endpoint/load-tests/:loadTest", (_own, { loadTestId }) => ({
    params: { loadTest: loadTestId },
  })),
  requesting("GET /api/v1/endpoints/:endpoint/predictions/:prediction", (_own, { predictionId }) => ({
    params: { prediction: predictionId },
  })),
  requesting(
    "POST /api/v1/endpoints/:endpoint/predictions/:prediction/replays",
    ({ model, version }, { predictionId }) => ({ params: { prediction: predictionId }, body: { model, version } }),
  ),
  sent("POST /api/v1/playground-explanations", ({ model, version }, { playgroundRunId: runId }) => ({
    model,
    side: { version },
    runId,
    settings: { method: "occlusion" },
    inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }],
  })),
  requesting("GET /api/v1/run-values", (own, theirs) => ({
    query: { runs: `${own.runId},${theirs.runId}`, columns: "params.param" },
  })),
  sent(
    `POST ${mlflow}/runs/search`,
    (own, theirs) => ({ experiment_ids: [String(own.experimentId), String(theirs.experimentId)] }),
    200,
  ),
  // A tag is a text, and what it names is looked for in the workspace only.
  sent(
    `POST ${mlflow}/runs/set-tag`,
    (own, theirs) => ({ run_id: own.runId, key: "mlflow.parentRunId", value: theirs.runId }),
    200,
  ),
  requesting(
    "PATCH /api/v1/retraining-policies/:model",
    (_own, theirs) => ({ body: { rules: { triggers: [{ kind: "slo", slo: theirs.sloId }] } } }),
    400,
  ),
];
