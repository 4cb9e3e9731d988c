import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import type { Prediction } from "../predictions/contract.ts";
import { listPredictions } from "../predictions/queries.ts";
import type { ModelRunner } from "../runner/model-runner.ts";
import { verdictOf } from "../tensor/verdict.ts";
import { findRunnable } from "../versions/find-runnable.ts";
import type { ServedModel } from "../versions/served-model.ts";
import { type ReplayedFailure, type ReplayedFailures, ReplayFailures } from "./contract.ts";
import { fromLogged } from "./logged-tensor.ts";
import { replayRequest } from "./replay-request.ts";

/** A person waits for the result. */
const deadlineMs = 45_000;

/**
 * Replays the newest logged requests that failed on the chosen version, one after the other. It runs beside the endpoint: nothing is counted, logged
 * or cached there, so its error rate and SLOs stay as they are.
 * @throws DomainError "not-found"; "conflict" where the version cannot be run
 */
export async function replayFailures(
  ctx: Context,
  runner: ModelRunner,
  input: ReplayFailures,
): Promise<ReplayedFailures> {
  permit(ctx, "replayFailures");
  const { endpointId, versionId, from, to, limit } = ReplayFailures.parse(input);
  const endpoint = await findEndpointById(ctx, endpointId);
  const model = await findRunnable(ctx, versionId);
  const { predictions } = await listPredictions(ctx, { endpointId, from, to, limit, failed: true, tensors: "all" });
  const until = performance.now() + deadlineMs;
  const requests: ReplayedFailure[] = [];
  for (const prediction of predictions) {
    const outcome = performance.now() > until ? ended : await rerun(ctx, { runner, prediction, versionId, model });
    const { id, at, requestId, status, error } = prediction;
    requests.push({ id, at, requestId, status, error, ...outcome });
  }
  const { modelName, version } = model;
  const answered = requests.filter(({ result }) => result === "answered").length;
  await transact(ctx, (ctx) =>
    record(ctx, "failures.replayed", {
      subject: `endpoint/${endpoint.name}`,
      after: { model: modelName, version, requests: requests.length, answered },
    }),
  );
  return { modelName, version, requests };
}

type Outcome = Pick<ReplayedFailure, "result" | "answer" | "confidence" | "runMs" | "reason">;

const nothing = { answer: null, confidence: null, runMs: null };
const ended: Outcome = { ...nothing, result: "ended", reason: "The time limit was reached before it." };

interface Rerun {
  runner: ModelRunner;
  prediction: Prediction;
  versionId: string;
  model: ServedModel;
}

async function rerun(ctx: Context, { runner, prediction, versionId, model }: Rerun): Promise<Outcome> {
  if (!prediction.inputs) return { ...nothing, result: "skipped", reason: "Its inputs are not stored." };
  try {
    const { inputs } = replayRequest(prediction, model);
    try {
      const { outputs, timings } = await runner.run(ctx, { versionId, inputs, providers: [] });
      const { answer, confidence } = verdictOf(outputs.flatMap(fromLogged), model.signature.labels, null);
      return { result: "answered", answer, confidence, runMs: timings.runMs, reason: "" };
    } catch (error) {
      return { ...nothing, result: "failed", reason: messageOf(error) };
    }
  } catch (error) {
    return { ...nothing, result: "skipped", reason: messageOf(error) };
  }
}

/** Returns the message of an error that is the request's. @throws any other error */
function messageOf(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  throw error;
}
