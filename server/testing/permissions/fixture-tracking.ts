import { Readable } from "node:stream";
import type { Context } from "#server/base/context.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { createEvaluationDataset } from "#server/develop/tracking/evaluations/create-evaluation-dataset.ts";
import { listEvaluationRecords } from "#server/develop/tracking/evaluations/queries.ts";
import { upsertEvaluationRecords } from "#server/develop/tracking/evaluations/upsert-evaluation-records.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { createAssessment } from "#server/develop/tracking/traces/create-assessment.ts";
import { setTraceTag } from "#server/develop/tracking/traces/set-trace-tag.ts";
import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { createView } from "#server/develop/tracking/views/create-view.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { sampleSpan } from "#server/testing/fixtures/tracking/traces/testing.ts";

/** Creates an experiment with a run and its data, a trace and an evaluation dataset. */
export async function track(ctx: Context, store: ArtifactStore, secret: string) {
  const experimentName = "an experiment";
  const tags = [{ key: "tag", value: secret }];
  const experimentId = await createExperiment(ctx, { name: experimentName, tags });
  const run = await createRun(ctx, { experimentId, name: secret, tags });
  await logBatch(ctx, {
    runId: run.id,
    metrics: [{ key: "loss", value: 0.5, timestamp: 1, step: 1 }],
    params: [{ key: "param", value: secret }],
    tags,
  });
  const dataset = { name: "set", digest: "d", sourceType: "local", source: secret };
  await logInputs(ctx, { runId: run.id, datasets: [dataset] });
  const { id: loggedModelId } = await createLoggedModel(ctx, { experimentId, name: "model", params: [], tags });
  const artifactPath = `${run.artifactUri.replace("mlflow-artifacts:/", "")}/${secret}.txt`;
  await storeArtifact(ctx, store, { path: artifactPath, body: Readable.from([Buffer.from(secret)]), maxBytes: 100 });
  const { id: viewId } = await createView(ctx, {
    experimentId,
    name: "a view",
    state: { filter: `tags.tag = '${secret}'` },
  });
  const traced = { ...(await trace(ctx, experimentId, secret)), ...(await evaluate(ctx, experimentId, secret)) };
  return { experimentId, experimentName, runId: run.id, viewId, loggedModelId, artifactPath, ...traced };
}

async function evaluate(ctx: Context, experimentId: number, secret: string) {
  const { id } = await createEvaluationDataset(ctx, { name: secret, experimentIds: [experimentId] });
  await upsertEvaluationRecords(ctx, { id, records: [{ inputs: { question: secret } }] });
  const [first] = (await listEvaluationRecords(ctx, { id, limit: 1 })).rows;
  return { evaluationId: id, evaluationRecordId: first?.id ?? "" };
}

async function trace(ctx: Context, experimentId: number, secret: string) {
  const traceId = `tr-${experimentId}`;
  await storeSpans(ctx, experimentId, [sampleSpan({ traceId, name: secret })]);
  await setTraceTag(ctx, { traceId, key: "tag", value: secret });
  const { id: assessmentId } = await createAssessment(ctx, {
    traceId,
    kind: "feedback",
    name: "good",
    value: secret,
  });
  return { traceId, assessmentId };
}
