import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cancelPlaygroundRun } from "#server/serve/playground/cancel-run.ts";
import { deletePlaygroundRun } from "#server/serve/playground/delete-playground-run.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "#server/serve/playground/queries.ts";
import { replayPrediction } from "#server/serve/replay/replay-prediction.ts";
import { createModelRunner, type ModelRunner } from "#server/serve/runner/model-runner.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

/** What was tried by hand. */
export const playgroundCalls = {
  // The file in the scene is not the one that was registered, so that the call ends before a model runs.
  runPlayground: (ctx, { versionId, store }) => runnerOf(store).run(ctx, { versionId, inputs: [{}] }),
  // Nothing was kept of the request in the scene.
  replayPrediction: (ctx, { predictionId, versionId, store }) =>
    replayPrediction(ctx, runnerOf(store), { id: predictionId, versionId }),
  listPlaygroundRuns: (ctx) => listPlaygroundRuns(ctx),
  getPlaygroundRun: (ctx, { playgroundRunId: id }) => getPlaygroundRun(ctx, { id }),
  cancelPlaygroundRun: (ctx, { playgroundBatchId: id }) => cancelPlaygroundRun(ctx, { id }),
  deletePlaygroundRun: (ctx, { playgroundBatchId: id }) => deletePlaygroundRun(ctx, { id }),
} as const satisfies Calls;

/** A runner of the versions of a scene. */
export function runnerOf(artifacts: Fixture["store"]): ModelRunner {
  const folder = mkdtempSync(join(tmpdir(), "leeway-scene-"));
  return createModelRunner({ artifacts, folder, providers: ["cpu"], limits: { workers: 1, threads: 1 } });
}
