import { readFile } from "node:fs/promises";
import { dayMs } from "#server/base/durations.ts";
import { type DemoTarget, mlflow, RequestRefused, send } from "./client.ts";
import { pastSpan } from "./past/past-span.ts";
import { type DemoName, demoFile, type RecordedRun, type Recording } from "./recording.ts";

/** Recorded runs took seconds; shown as minutes, they look like a team's fortnights: one before the past, and one before today. */
const stretch = 300;
const spanMs = 12 * dayMs;
/** Runs that are logged side by side. */
const burst = 4;

interface RunResult {
  run: { info: { run_id: string; experiment_id: string; run_name: string; status: string } };
}

/** Newest version of each model that the demo's past serves: its run, and those before, are older than that past. */
const servedInPast: Record<DemoName, number> = { digits: 4, "flight-delay": 2 };

/**
 * Logs a recording through the MLflow API, spread over the twelve days before `now` and those before the demo's past, and registers its versions.
 * May be repeated after it was cut off: finished runs and existing versions are left alone.
 */
export async function replay(target: DemoTarget, demo: DemoName, recording: Recording, now: number): Promise<void> {
  const experimentId = await ensureExperiment(target, recording.experiment);
  const runIds = await existingRuns(target, experimentId);
  const newest = recording.versions.find(({ version }) => version === servedInPast[demo])?.runName;
  const lastOfPast = recording.runs.findIndex(({ name }) => name === newest);
  const log = async ([index, run]: [number, RecordedRun]) => {
    if (runIds.has(run.name)) return;
    const end = index <= lastOfPast ? pastSpan(now).from - dayMs : now;
    const startedAt = Math.round(end - spanMs + (index * (spanMs - dayMs)) / recording.runs.length);
    const parentId = run.parent === null ? undefined : runIds.get(run.parent);
    runIds.set(run.name, await logRun(target, demo, { experimentId, run, startedAt, parentId }));
  };
  // Child runs refer to their parents, so parents are created first.
  const isChild = ([, { parent }]: [number, RecordedRun]) => parent !== null;
  const [parents, children] = [false, true].map((wanted) =>
    [...recording.runs.entries()].filter((entry) => isChild(entry) === wanted),
  );
  for (const runs of [parents ?? [], children ?? []]) {
    for (let start = 0; start < runs.length; start += burst) {
      await Promise.all(runs.slice(start, start + burst).map(log));
    }
  }
  await registerVersions(target, demo, recording, { experimentId, runIds });
}

async function ensureExperiment(target: DemoTarget, name: string): Promise<string> {
  const url = `${target.url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  try {
    return (await send<{ experiment: { experiment_id: string } }>(target, "GET", url)).experiment.experiment_id;
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.status !== 404) throw error;
    return (await mlflow<{ experiment_id: string }>(target, "experiments/create", { name })).experiment_id;
  }
}

/** Returns the ids of finished runs by name. An interrupted run is deleted, to be logged again. */
async function existingRuns(target: DemoTarget, experimentId: string): Promise<Map<string, string>> {
  const found = await mlflow<{ runs?: RunResult["run"][] }>(target, "runs/search", { experiment_ids: [experimentId] });
  const ids = new Map<string, string>();
  for (const { info } of found.runs ?? []) {
    if (info.status === "RUNNING") await mlflow(target, "runs/delete", { run_id: info.run_id });
    else ids.set(info.run_name, info.run_id);
  }
  return ids;
}

interface NewRun {
  experimentId: string;
  run: RecordedRun;
  startedAt: number;
  parentId: string | undefined;
}

async function logRun(
  target: DemoTarget,
  demo: DemoName,
  { experimentId, run, startedAt, parentId }: NewRun,
): Promise<string> {
  const tags = { ...run.tags, "mlflow.user": "priya", ...(parentId ? { "mlflow.parentRunId": parentId } : {}) };
  const created = await mlflow<RunResult>(target, "runs/create", {
    experiment_id: experimentId,
    run_name: run.name,
    user_id: "priya",
    start_time: startedAt,
    tags: pairs(tags),
  });
  const runId = created.run.info.run_id;
  await mlflow(target, "runs/log-batch", { run_id: runId, params: pairs(run.params) });
  const points = run.metrics.flatMap(({ key, points }) =>
    points.map(([step, value, ms]) => ({ key, step, value, timestamp: Math.round(startedAt + ms * stretch) })),
  );
  for (let start = 0; start < points.length; start += 1000) {
    await mlflow(target, "runs/log-batch", { run_id: runId, metrics: points.slice(start, start + 1000) });
  }
  await mlflow(target, "runs/log-inputs", {
    run_id: runId,
    datasets: run.datasets.map(({ tags: inputTags, sourceType, ...dataset }) => ({
      dataset: { ...dataset, source_type: sourceType },
      tags: pairs(inputTags),
    })),
  });
  for (const { path, file } of run.artifacts)
    await upload(target, `${experimentId}/${runId}/artifacts/${path}`, demoFile(demo, file));
  const endedAt = Math.round(startedAt + run.durationMs * stretch);
  await mlflow(target, "runs/update", { run_id: runId, status: run.status, end_time: endedAt });
  return runId;
}

async function registerVersions(
  target: DemoTarget,
  demo: DemoName,
  { model, versions }: Recording,
  { experimentId, runIds }: { experimentId: string; runIds: Map<string, string> },
): Promise<void> {
  const { name } = model;
  await ignoring("RESOURCE_ALREADY_EXISTS", () =>
    mlflow(target, "registered-models/create", { name, description: model.description, tags: pairs(model.tags) }),
  );
  const filter = encodeURIComponent(`name = '${name}'`);
  const found = await send<{ model_versions?: { version: string }[] }>(
    target,
    "GET",
    `${target.url}/api/2.0/mlflow/model-versions/search?filter=${filter}`,
  );
  for (const version of versions.slice(found.model_versions?.length ?? 0)) {
    const runId = runIds.get(version.runName);
    await upload(target, `${experimentId}/${runId}/artifacts/model/model.onnx`, demoFile(demo, version.file));
    const created = await mlflow<{ model_version: { version: string } }>(target, "model-versions/create", {
      name,
      source: `runs:/${runId}/model`,
      run_id: runId,
      description: version.description,
      tags: pairs(version.tags),
    });
    for (const alias of version.aliases) {
      await mlflow(target, "registered-models/alias", { name, alias, version: created.model_version.version });
    }
  }
}

async function upload(target: DemoTarget, path: string, file: string): Promise<void> {
  await send(
    target,
    "PUT",
    `${target.url}/api/2.0/mlflow-artifacts/artifacts/${path}`,
    new Uint8Array(await readFile(file)),
  );
}

async function ignoring(code: string, work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof RequestRefused) || !error.message.includes(code)) throw error;
  });
}

const pairs = (texts: Record<string, string>) => Object.entries(texts).map(([key, value]) => ({ key, value }));
