import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModelRunner } from "#server/serving/model-runner.ts";
import { cancelPlaygroundRun } from "#server/serving/playground/cancel-run.ts";
import { deletePlaygroundRun } from "#server/serving/playground/delete-run.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "#server/serving/playground/queries.ts";
import type { Calls } from "./call.ts";

/** What was tried by hand. */
export const playgroundCalls = {
  // The file in the scene is not the one that was registered, so that the call ends before a model runs.
  runPlayground: (ctx, { versionId, store }) =>
    createModelRunner({
      ...{ artifacts: store, folder: mkdtempSync(join(tmpdir(), "leeway-scene-")), providers: ["cpu"] },
      limits: { workers: 1, threads: 1 },
    }).run(ctx, { versionId, inputs: [{}] }),
  listPlaygroundRuns: (ctx) => listPlaygroundRuns(ctx),
  getPlaygroundRun: (ctx, { playgroundRunId: id }) => getPlaygroundRun(ctx, { id }),
  cancelPlaygroundRun: (ctx, { playgroundBatchId: id }) => cancelPlaygroundRun(ctx, { id }),
  deletePlaygroundRun: (ctx, { playgroundBatchId: id }) => deletePlaygroundRun(ctx, { id }),
} as const satisfies Calls;
