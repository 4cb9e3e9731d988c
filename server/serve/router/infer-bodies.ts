import type { CacheResult } from "../cache/prediction-cache.ts";
import { lookUpSummary } from "../features/by-key/describe-look-up.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import { splitBody } from "../protocol/binary.ts";
import type { BoundRequest } from "../protocol/bind-request.ts";
import { type InferRequest, readInferRequest } from "../protocol/infer-request.ts";
import { encodeResponse } from "../protocol/infer-response.ts";
import { rawRequest } from "../protocol/raw-request.ts";
import type { RunningRequest } from "./running-request.ts";

/** Labels for the source of a prediction; "hit" and "coalesced" mean that the model did not run for the request. */
export const sourceLabels: Record<CacheResult["source"], string> = {
  model: "miss",
  cache: "hit",
  coalesced: "coalesced",
};

/** Reads the body of a request, with or without a JSON part. @param headerLength Inference-Header-Content-Length. @throws DomainError "invalid" */
export function readBody(attempt: RunningRequest, body: Buffer, headerLength: string | undefined): InferRequest {
  const { json, tail } = splitBody(body, headerLength);
  return json ? readInferRequest(json, tail) : rawRequest(tail, attempt.signature);
}

/** Writes the response body of a completed request. @returns `jsonLength` when binary tensors follow the JSON */
export function writeResponse(
  attempt: RunningRequest,
  model: string,
  { id }: InferRequest,
  { tensors, outputs }: PoolResult & BoundRequest,
): { body: Buffer | string; jsonLength: number | undefined } {
  const { provider, lease, modelVersion, signature, pipelineDigest, cascade, lookedUp } = attempt;
  const { source } = attempt.source;
  const parameters = {
    request_id: lease.label,
    provider,
    ...(source !== "model" && { cache: sourceLabels[source] }),
    ...(cascade && { cascade_step: cascade.step, cascade_model: cascade.model }),
    ...(pipelineDigest && { pipeline_digest: pipelineDigest }),
    ...(lookedUp && lookedUp.views.length > 0 && { leeway_features: lookUpSummary(lookedUp) }),
  };
  return encodeResponse({ id, modelName: model, modelVersion, parameters, tensors, outputs, signature });
}
