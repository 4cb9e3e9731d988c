import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { loadPrediction } from "../predictions/queries.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { verdictOf } from "../tensor/verdict.ts";
import { findRunnable } from "../versions/find-runnable.ts";
import { compareOutputs } from "./compare-outputs.ts";
import { type Replay, ReplayPrediction } from "./contract.ts";
import { fromLogged } from "./logged-tensor.ts";
import { replayRequest } from "./replay-request.ts";

/**
 * Replays the inputs of a logged request on the chosen version. The run is neither counted nor logged.
 * @throws DomainError "not-found"; "conflict" when the inputs were not stored completely or do not match the version; as
 * ModelRunner.run
 */
export async function replayPrediction(ctx: Context, runner: ModelRunner, input: ReplayPrediction): Promise<Replay> {
  permit(ctx, "replayPrediction");
  const { id, endpointId, versionId, providers } = ReplayPrediction.parse(input);
  const prediction = await loadPrediction(ctx, { id, endpointId });
  const model = await findRunnable(ctx, versionId);
  const { via, inputs, outputs } = replayRequest(prediction, model);
  const ran = await runner.run(ctx, { versionId, inputs, providers, ...(outputs.length > 0 && { outputs }) });
  const { modelName, version, signature } = model;
  const { answer: predicted, confidence } = verdictOf(ran.outputs.flatMap(fromLogged), signature.labels, null);
  const differences = compareOutputs(prediction.outputs ?? [], ran.outputs);
  return { modelName, version, via, ran, answer: predicted, confidence, differences };
}
