import type { CacheInput } from "../cache/prediction-cache.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { BoundRequest } from "../protocol/bind-request.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Attempt } from "./attempt.ts";
import type { AnsweredStep } from "./attempt-parts.ts";

type ReportedField =
  | "trace"
  | "modelVersion"
  | "lease"
  | "signature"
  | "provider"
  | "source"
  | "timing"
  | "mayShare"
  | "flags"
  | "lookedUp"
  | "arm";

/** Inference request as transports see it, whether one version or a cascade runs it. */
export interface RunningRequest
  extends Pick<Attempt, ReportedField | "pipelineDigest" | "checkBody" | "deadlineOf" | "receive" | "settle"> {
  run(request: InferRequest, isGone: () => boolean, cacheMode?: CacheInput): Promise<PoolResult & BoundRequest>;
  /** Undefined outside of a cascade. */
  readonly cascade?: AnsweredStep | undefined;
}
