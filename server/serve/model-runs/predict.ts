import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "#server/serve/pool/failure.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";

/** Prediction of a version, and its duration. */
export interface ModelRunResult {
  tensors: Tensor[];
  tookMs: number;
}

/** Reason for a missing prediction: the version rejected the request, failed while it ran, or was lost: it hung or crashed. */
export interface NoResponse {
  problem: string;
  reason: "refused" | "failed" | "lost";
}

/** A request as a client sends it, or tensors for the model itself. */
export type Question = { inputs: InputPart[]; outputs: string[] | undefined } | { tensors: Tensor[] };

/** Runs a version once. Errors caused by the version are returned, and all others thrown. */
export async function predict(lease: LeasedVersion, question: Question): Promise<ModelRunResult | NoResponse> {
  const startedAt = performance.now();
  try {
    const tensors = await predictionOf(lease, question);
    return { tensors, tookMs: performance.now() - startedAt };
  } catch (cause) {
    if (cause instanceof InferenceFailure) {
      return { problem: cause.message, reason: cause.reason === "model" ? "failed" : "lost" };
    }
    if (!(cause instanceof DomainError)) throw cause;
    return { problem: cause.message, reason: cause.code === "invalid" ? "refused" : "lost" };
  }
}

async function predictionOf(lease: LeasedVersion, question: Question): Promise<Tensor[]> {
  if ("tensors" in question) {
    const outputs = lease.model.signature.outputs.map(({ name }) => name);
    // A run takes the buffers, and another version needs the same numbers.
    const copies = question.tensors.map((tensor) => ({ ...tensor, data: tensor.data.slice() as Tensor["data"] }));
    return lease.run(copies, outputs);
  }
  const passage = await lease.open(question.inputs, question.outputs);
  return passage.finish(await lease.run(passage.tensors, passage.modelOutputs));
}
