import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import type { ExplainVersion, RanVersions, RunBatchItems, RunVersions } from "./contract.ts";
import { explainVersion } from "./explain-version.ts";
import { PlaygroundJobs } from "./jobs.ts";
import { type RanItem, runBatchItems } from "./run-batch-items.ts";
import { runVersions } from "./run-versions.ts";

/** All of the playground that needs models, with its dependencies; created once, before Next starts. */
export interface Playground {
  /** As runVersions. */
  run(ctx: Context, input: RunVersions): Promise<RanVersions>;
  /** As explainVersion. */
  explain(ctx: Context, input: ExplainVersion): Promise<{ id: string }>;
  /** As runBatchItems. */
  runItems(ctx: Context, input: RunBatchItems): Promise<RanItem[]>;
  /** Stops explanations that go on. */
  close(): Promise<void>;
}

/** Creates the playground. @param dependencies the runner of models, and the store of datasets that explanations read */
export function createPlayground({ models, artifacts }: { models: ModelRunner; artifacts: ArtifactStore }): Playground {
  const jobs = new PlaygroundJobs();
  return {
    run: (ctx, input) => runVersions(ctx, models, input),
    explain: (ctx, input) => explainVersion(ctx, { models, jobs, artifacts }, input),
    runItems: (ctx, input) => runBatchItems(ctx, models, input),
    close: () => jobs.close(),
  };
}
