import { transact } from "#server/base/context.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import { cut } from "#server/develop/tracking/keys.ts";
import type { Point } from "#server/develop/tracking/log-contract.ts";
import { appendPoints } from "#server/develop/tracking/metrics/append-points.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { lockActiveRun } from "#server/develop/tracking/runs/lock-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { logOutputs } from "#server/develop/tracking/runs/log-outputs.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { maxParamLength, nameTag, parentTag } from "#server/develop/tracking/runs/tags.ts";
import type { SourceRun } from "../source.ts";
import { importFiles } from "./import-files.ts";
import type { Intake } from "./intake.ts";
import { localIdOf } from "./items.ts";
import type { Problems } from "./problems.ts";

/** Tags with the origin of an imported entity. */
export const sourceTags = {
  run: "leeway.source.run",
  model: "leeway.source.logged_model",
  origin: "leeway.source.origin",
};

const perBatch = 100;

/** Writes into a run here what the one at the source has; what is here already stays once. */
export async function fillRun(
  intake: Intake,
  runId: string,
  run: SourceRun,
  { problems, isResumed }: { problems: Problems; isResumed: boolean },
): Promise<{ points: number; files: number; bytes: number }> {
  const { ctx } = intake;
  const { artifactUri, params: known } = await getRun(ctx, runId);
  const params = paramsOf(run, known, problems);
  for (let start = 0; start < params.length; start += perBatch) {
    await logBatch(ctx, { runId, metrics: [], params: params.slice(start, start + perBatch), tags: [] });
  }
  const tags = await tagsOf(intake, run, problems);
  for (let start = 0; start < tags.length; start += perBatch) {
    await logBatch(ctx, { runId, metrics: [], params: [], tags: tags.slice(start, start + perBatch) });
  }
  await link(intake, runId, run, problems);
  let points = 0;
  for await (const portion of run.points((problem) => problems.add(problem))) {
    intake.signal.throwIfAborted();
    points += await storePoints(intake, runId, portion, problems);
  }
  if (run.status === "RUNNING") problems.add("Still running at the source. Import again once it has ended.");
  const files = run.files((problem) => problems.add(problem));
  return { points, ...(await importFiles(intake, artifactUri, files, { problems, isResumed })) };
}

/** Returns the tags as they are stored here: with the parent's local id, as far as it is known yet, and with the origin of the run. */
export async function tagsOf(intake: Intake, run: SourceRun, problems: Problems): Promise<KeyValue[]> {
  const own = problems.withUsableKeys("A tag", run.tags).filter(({ key }) => key !== nameTag);
  const parent = own.find(({ key }) => key === parentTag);
  const parentHere = parent && (await localIdOf(intake, "run", parent.value));
  return [
    ...own.map((tag) => (tag === parent && parentHere ? { ...tag, value: parentHere } : tag)),
    { key: sourceTags.run, value: run.id },
    { key: sourceTags.origin, value: intake.origin },
  ];
}

function paramsOf(run: SourceRun, known: readonly KeyValue[], problems: Problems): KeyValue[] {
  const here = new Map(known.map(({ key, value }) => [key, value]));
  const usable = new Map(problems.withUsableKeys("A param", run.params).map((param) => [param.key, param]));
  return [...usable.values()].filter(({ key, value }) => {
    const before = here.get(key);
    if (before === undefined || before === cut(value, maxParamLength)) return before === undefined;
    problems.add(`The param ${key} already exists here with a different value, and params are immutable.`);
    return false;
  });
}

async function link(intake: Intake, runId: string, run: SourceRun, problems: Problems): Promise<void> {
  const { ctx } = intake;
  for (const dataset of run.datasets) {
    await problems.attempt(`The dataset ${dataset.name} was not recorded`, () =>
      logInputs(ctx, { runId, datasets: [dataset] }),
    );
  }
  const here = async (modelId: string) => (await localIdOf(intake, "logged-model", modelId)) ?? modelId;
  const modelIds = await Promise.all(run.inputModelIds.map(here));
  if (modelIds.length > 0) await logInputs(ctx, { runId, modelIds });
  const models = await Promise.all(
    run.outputModels.map(async ({ modelId, step }) => ({ modelId: await here(modelId), step })),
  );
  if (models.length > 0) await logOutputs(ctx, { runId, models });
}

async function storePoints(intake: Intake, runId: string, portion: Point[], problems: Problems): Promise<number> {
  const usable = problems.withUsableKeys("A metric", portion).filter(({ key, timestamp, step }) => {
    const isFine = timestamp >= 0 && Number.isSafeInteger(timestamp) && Number.isSafeInteger(step);
    if (!isFine) problems.add(`Points of ${key} with an invalid step or timestamp were skipped.`);
    return isFine;
  });
  if (usable.length === 0) return 0;
  await transact(intake.ctx, async (ctx) => {
    await lockActiveRun(ctx, runId);
    await appendPoints(ctx, runId, usable);
  });
  return usable.length;
}
