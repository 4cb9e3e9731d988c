import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import { explainPrediction } from "../explain/explain-prediction.ts";
import { findBackground } from "../explain/find-background.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { ExplainVersion } from "./contract.ts";
import type { PlaygroundJobs } from "./jobs.ts";
import { findRun, insertRun } from "./run-rows.ts";

export interface ExplainDependencies {
  models: ModelRunner;
  jobs: PlaygroundJobs;
  artifacts: ArtifactStore;
}

/**
 * Starts to explain a version's prediction, which continues after this returns: getPlaygroundRun reports its progress.
 * @returns the id of the run that becomes the explanation
 * @throws DomainError "invalid", "conflict" when there is no background, "not-found", "unavailable" when the queue is full
 */
export async function explainVersion(
  ctx: Context,
  { models, jobs, artifacts }: ExplainDependencies,
  input: ExplainVersion,
): Promise<{ id: string }> {
  permit(ctx, "runPlayground");
  permitAnyEndpoint(ctx, "run versions without an endpoint");
  const { model, side, inputs: given, runId, target, settings } = ExplainVersion.parse(input);
  if (runId) await requireExplainable(ctx, runId);
  jobs.requireRoom();
  // Features that are looked up are explained, and not the keys that they are looked up by.
  const inputs = [...(await models.complete(ctx, { versionId: side.versionId, inputs: given }))];
  const background =
    settings.method === "shapley"
      ? await findBackground(ctx, artifacts, { model, inputs, choice: settings.background, seed: settings.seed })
      : undefined;
  const id = await insertRun(ctx, {
    kind: "explanation",
    state: "running",
    modelName: model,
    sides: [side],
    parentId: runId,
    // The run that it belongs to has the inputs.
    request: runId ? { target, settings } : { target, settings, inputs: given },
  });
  const wanted = { versionId: side.versionId, providers: side.provider ? [side.provider] : [] };
  jobs.start(ctx, id, async ({ progress }) => {
    const question = { inputs, target, settings, background };
    const result = await models.leaseVersion(ctx, wanted, (lease) => explainPrediction(lease, question, progress));
    return { result, words: `why ${result.label ?? `${result.target.output}[${result.target.element}]`}` };
  });
  return { id };
}

async function requireExplainable(ctx: Context, runId: string): Promise<void> {
  const { kind } = await findRun(ctx, runId);
  if (kind !== "run") throw new DomainError("invalid", "Only single inputs can be explained, not batches.");
}
