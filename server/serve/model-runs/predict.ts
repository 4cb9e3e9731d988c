import { DomainError } from "#server/base/errors.ts";
import { type FailureReason, InferenceFailure } from "#server/serve/pool/failure.ts";
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
  /** How it was lost: the runner had no place for the request, did not finish it in time, or lost what ran it. */
  lostBy?: "busy" | "late" | "crash";
  /** Seconds after which a busy runner may have a place. */
  retryAfterSeconds?: number | undefined;
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
      if (cause.reason === "model") return { problem: cause.message, reason: "failed" };
      return { problem: cause.message, reason: "lost", ...lostBy[cause.reason] };
    }
    if (!(cause instanceof DomainError)) throw cause;
    const { message: problem, code, retryAfterSeconds } = cause;
    if (code === "invalid") return { problem, reason: "refused" };
    return { problem, reason: "lost", ...(code === "unavailable" && { lostBy: "busy", retryAfterSeconds }) };
  }
}

/** Features that the version's policy refuses are lost in no way that another attempt mends. */
const lostBy: Partial<Record<FailureReason, Pick<NoResponse, "lostBy">>> = {
  deadline: { lostBy: "late" },
  memory: { lostBy: "crash" },
  worker: { lostBy: "crash" },
};

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
