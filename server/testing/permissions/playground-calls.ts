import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cancelPlaygroundRun } from "#server/serve/playground/cancel-run.ts";
import { deletePlaygroundRun } from "#server/serve/playground/delete-playground-run.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "#server/serve/playground/queries.ts";
import { replayFailures } from "#server/serve/replay/replay-failures.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";
import { createModelRunner, type ModelRunner } from "#server/serve/runner/model-runner.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

/** Calls on the playground. */
export const playgroundCalls = {
  // The file in the fixture is not the registered one, so the call ends before a model runs.
  runPlayground: (ctx, { versionId, store }) => runnerOf(store).run(ctx, { versionId, inputs: [{}] }),
  // The content of the request in the fixture was not stored.
  replayPrediction: (ctx, { predictionId, versionId, store }) =>
    replayPrediction(ctx, runnerOf(store), { id: predictionId, versionId }),
  replayFailures: (ctx, { endpointId, versionId, store }) =>
    replayFailures(ctx, runnerOf(store), { endpointId, versionId }),
  listPlaygroundRuns: (ctx) => listPlaygroundRuns(ctx),
  getPlaygroundRun: (ctx, { playgroundRunId: id }) => getPlaygroundRun(ctx, { id }),
  cancelPlaygroundRun: (ctx, { playgroundBatchId: id }) => cancelPlaygroundRun(ctx, { id }),
  deletePlaygroundRun: (ctx, { playgroundBatchId: id }) => deletePlaygroundRun(ctx, { id }),
} as const satisfies Calls;

/** Creates a runner for the versions of a scene. */
export function runnerOf(artifacts: Fixture["store"]): ModelRunner {
  const folder = mkdtempSync(join(tmpdir(), "leeway-scene-"));
  return createModelRunner({ artifacts, folder, providers: ["cpu"], limits: { workers: 1, threads: 1 } });
}
