import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { logMetric } from "#server/develop/tracking/metrics/log-metric.ts";
import { deleteRunTag } from "#server/develop/tracking/runs/delete-run-tag.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { logModelJson } from "#server/develop/tracking/runs/log-model-json.ts";
import { logOutputs } from "#server/develop/tracking/runs/log-outputs.ts";
import { logParam } from "#server/develop/tracking/runs/log-param.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { type Call, call } from "./call.ts";
import { double, int64, keyAndValue, list, record, required, text, type Values, value, withDefault } from "./fields.ts";

const one = { run_id: required(text()) };
const entry = { key: required(text()), value: value() };
const point = {
  key: required(text()),
  value: required(double()),
  timestamp: required(int64()),
  step: withDefault(int64(), 0),
  model_id: text(),
  dataset_name: text(),
  dataset_digest: text(),
};

function toPoint({ key, value, timestamp, step, model_id, dataset_name, dataset_digest }: Values<typeof point>): Point {
  return {
    key,
    value,
    timestamp,
    step,
    modelId: model_id,
    datasetName: dataset_name,
    datasetDigest: dataset_digest,
  };
}

const dataset = record({
  dataset: record({
    name: required(text()),
    digest: required(text()),
    source_type: required(text()),
    source: required(text()),
    schema: text(limits.fileTextLength),
    profile: text(limits.fileTextLength),
  }),
  tags: list(keyAndValue()),
});

export const loggingCalls: Call[] = [
  call("POST", "runs/log-metric", { ...one, ...point }, async (ctx, input) => {
    await logMetric(ctx, { runId: input.run_id, ...toPoint(input) });
    return {};
  }),
  call("POST", "runs/log-parameter", { ...one, ...entry }, async (ctx, { run_id, key, value }) => {
    await logParam(ctx, { runId: run_id, key, value });
    return {};
  }),
  call(
    "POST",
    "runs/log-batch",
    { ...one, metrics: list(record(point)), params: list(keyAndValue()), tags: list(keyAndValue()) },
    async (ctx, { run_id, metrics, params, tags }) => {
      if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(run_id)) {
        throw new DomainError("invalid", `Invalid value ${JSON.stringify(run_id)} for parameter 'run_id' supplied.`);
      }
      await logBatch(ctx, { runId: run_id, metrics: metrics.map(toPoint), params, tags });
      return {};
    },
  ),
  call("POST", "runs/set-tag", { ...one, ...entry }, async (ctx, { run_id, key, value }) => {
    await setRunTag(ctx, { runId: run_id, key, value });
    return {};
  }),
  call("POST", "runs/delete-tag", { ...one, key: required(text()) }, async (ctx, { run_id, key }) => {
    await deleteRunTag(ctx, { runId: run_id, key });
    return {};
  }),
  call(
    "POST",
    "runs/log-inputs",
    { ...one, datasets: list(dataset), models: list(record({ model_id: required(text()) })) },
    async (ctx, { run_id, datasets, models }) => {
      await logInputs(ctx, {
        runId: run_id,
        datasets: datasets.map(({ dataset: { source_type, ...rest }, tags }) => ({
          ...rest,
          sourceType: source_type,
          tags,
        })),
        modelIds: models.map(({ model_id }) => model_id),
      });
      return {};
    },
  ),
  call(
    "POST",
    "runs/outputs",
    { ...one, models: required(list(record({ model_id: required(text()), step: withDefault(int64(), 0) }))) },
    async (ctx, { run_id, models }) => {
      await logOutputs(ctx, {
        runId: run_id,
        models: models.map(({ model_id, step }) => ({ modelId: model_id, step })),
      });
      return {};
    },
  ),
  call(
    "POST",
    "runs/log-model",
    { ...one, model_json: required(text(limits.fileTextLength)) },
    async (ctx, { run_id, model_json }) => {
      await logModelJson(ctx, { runId: run_id, modelJson: model_json });
      return {};
    },
  ),
];
