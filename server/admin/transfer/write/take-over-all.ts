import { importEvaluationDataset } from "#server/develop/tracking/evaluations/import-evaluation-dataset.ts";
import type { Source } from "../source.ts";
import type { Intake } from "./intake.ts";
import { joinModels, joinParents } from "./join-relatives.ts";
import { takeOverExperiment } from "./take-over-experiment.ts";
import { takeOverLoggedModel } from "./take-over-logged-model.ts";
import { takeOverModel } from "./take-over-model.ts";
import { takeOverRun } from "./take-over-run.ts";
import { takeOverTrace } from "./take-over-trace.ts";

/**
 * Imports everything from a source: experiments, their runs, logged models, then registered models, which refer to both. Restarted after
 * a crash, it continues where it stopped: items recorded as finished are skipped.
 */
export async function takeOverAll(intake: Intake, source: Source): Promise<void> {
  const experiments = new Map<string, number>();
  for await (const experiment of source.experiments()) {
    intake.signal.throwIfAborted();
    experiments.set(experiment.id, await takeOverExperiment(intake, experiment));
  }
  await severalAtOnce(source.runs(), source.runsAtOnce, async (run) => {
    const experimentId = experiments.get(run.experimentId);
    if (experimentId !== undefined) await takeOverRun(intake, experimentId, run);
  });
  await joinParents(intake);
  for await (const model of source.loggedModels()) {
    const experimentId = experiments.get(model.experimentId);
    if (experimentId !== undefined) await takeOverLoggedModel(intake, experimentId, model);
  }
  await joinModels(intake);
  for await (const model of source.models()) await takeOverModel(intake, model);
  for await (const trace of source.traces?.() ?? []) {
    const experimentId = experiments.get(trace.experimentId);
    if (experimentId !== undefined) await takeOverTrace(intake, experimentId, trace);
  }
  for await (const { records, experimentIds, ...dataset } of source.evaluationDatasets?.() ?? []) {
    intake.signal.throwIfAborted();
    const linked = experimentIds.flatMap((id) => experiments.get(id) ?? []);
    await importEvaluationDataset(intake.ctx, { ...dataset, experimentIds: linked }, records);
    intake.progressed();
  }
}

/** Processes several items of a stream concurrently; the first failure ends it, after the other items have ended. */
async function severalAtOnce<Thing>(
  things: AsyncIterable<Thing>,
  most: number,
  work: (thing: Thing) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { cause: unknown } | undefined;
  for await (const thing of things) {
    const one = work(thing)
      .catch((cause: unknown) => {
        failure ??= { cause };
      })
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= most) await Promise.race(running);
    if (failure) break;
  }
  await Promise.all(running);
  if (failure) throw failure.cause;
}
