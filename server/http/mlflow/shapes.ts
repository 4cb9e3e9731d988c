import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Experiment } from "#server/develop/tracking/experiments/contract.ts";
import type { LatestMetric } from "#server/develop/tracking/metrics/contract.ts";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import type { DatasetInput, Run, RunInfo } from "#server/develop/tracking/runs/contract.ts";

/** Leaves out what was never set: undefined, null and empty lists. What is set is sent, be it 0, "" or false. */
export function compact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

const stage = (isDeleted: boolean): string => (isDeleted ? "deleted" : "active");

export function experimentOnWire(experiment: Experiment): object {
  return compact({
    experiment_id: String(experiment.id),
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: stage(experiment.isDeleted),
    creation_time: experiment.createdAt,
    last_update_time: experiment.updatedAt,
    tags: experiment.tags,
  });
}

export function runInfoOnWire(run: RunInfo): object {
  return compact({
    run_id: run.id,
    run_uuid: run.id,
    experiment_id: String(run.experimentId),
    run_name: run.name,
    user_id: run.userName,
    status: run.status,
    start_time: run.startedAt,
    end_time: run.endedAt || undefined,
    artifact_uri: run.artifactUri,
    lifecycle_stage: stage(run.isDeleted),
  });
}

/** Converts a run to the wire format. @param parts messages to include: a new run has no outputs, a search no model inputs. */
export function runOnWire(run: Run, parts: { outputs: boolean; modelInputs: boolean }): object {
  return {
    info: runInfoOnWire(run),
    data: compact({ metrics: run.metrics.map((metric) => metricOnWire(metric)), params: run.params, tags: run.tags }),
    inputs: compact({
      dataset_inputs: run.datasets.map(datasetInputOnWire),
      model_inputs: parts.modelInputs ? run.inputModelIds.map((model_id) => ({ model_id })) : [],
    }),
    ...(parts.outputs && {
      outputs: compact({ model_outputs: run.outputModels.map(({ modelId, step }) => ({ model_id: modelId, step })) }),
    }),
  };
}

/** Converts a metric to the wire format. @param more further fields, such as the run of the point. */
export function metricOnWire(
  { key, value, timestamp, step }: LatestMetric,
  more: Record<string, unknown> = {},
): object {
  return { key, value, timestamp, step, ...more };
}

function datasetInputOnWire({ tags, ...dataset }: DatasetInput): object {
  return compact({
    tags: tags as KeyValue[],
    dataset: compact({
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      schema: dataset.schema || undefined,
      profile: dataset.profile || undefined,
    }),
  });
}

export function loggedModelOnWire(model: LoggedModel): object {
  return {
    info: compact({
      model_id: model.id,
      experiment_id: String(model.experimentId),
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactUri,
      status: model.status,
      status_message: model.statusMessage,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      tags: model.tags,
    }),
    data: compact({
      params: model.params,
      metrics: model.metrics.map(({ runId, datasetName, datasetDigest, ...point }) => {
        const dataset = datasetName ? { dataset_name: datasetName, dataset_digest: datasetDigest } : {};
        return metricOnWire(point, { ...dataset, model_id: model.id, run_id: runId });
      }),
    }),
  };
}
