import type { CacheResult, PredictionCache } from "../cache/prediction-cache.ts";
import type { Pricing } from "../capture/pricing.ts";
import type { RecordDraft } from "../capture/record-draft.ts";
import type { CascadeCount, CascadeStep } from "../cascade/contract.ts";
import type { Passage } from "../pipeline/passage.ts";
import type { PipelineThreads } from "../pipeline/pipeline-threads.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import type { Violation } from "../protection/violation.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { EvidenceBook } from "../rollout/evidence-book.ts";
import type { FeatureCounter } from "../telemetry/feature-states.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Arrival, RequestTrace, Tracing } from "../tracing/tracing.ts";
import type { LoadedModel, LoadedVersions } from "./loaded-versions.ts";
import type { RequestCounters } from "./request-counters.ts";
import type { Assigned } from "./rollout/assigned.ts";
import type { Route } from "./routes.ts";

export interface Outcome {
  /** HTTP status of the answer. */
  status: number;
  /** Why it failed, in one word, for metrics; empty for success. */
  reason: string;
  /** What the caller is told. */
  error?: string | undefined;
  /** Counted, but not kept in the prediction log: one of the many that came too fast. */
  isCountedOnly?: boolean | undefined;
  /** Of one step of a cascade. */
  cascade?: CascadeRole | undefined;
}

/** What an attempt was in a cascade: all but "answered" leaves the request to another one. */
interface CascadeRole {
  count: Exclude<CascadeCount, "runs" | "computeMs">;
  /** Of the whole cascade, for the prediction log. */
  steps?: CascadeStep[] | undefined;
}

export interface RequestOptions {
  requestId: string;
  caller: string;
}

/** What counts, keeps and shares requests: the gateway's. */
export interface AttemptTools {
  telemetry: Telemetry;
  counters: RequestCounters;
  loadTestCounters: RequestCounters;
  shadowCounters: RequestCounters;
  evidence: EvidenceBook;
  /** Runs copies of requests that have been answered. */
  shadows: { offer(live: SettledAttempt, status: number, latencyMs: number): void };
  cache: PredictionCache;
  pipelines: PipelineThreads;
  versions: Pick<LoadedVersions, "wake">;
  tracing: Tracing | undefined;
  pricing: Pricing;
  /** Counts features of what was answered. */
  features: Pick<FeatureCounter, "watches" | "collectsPictures" | "offer">;
}

export interface AttemptWay {
  isLoadTest?: boolean;
  isShadow?: boolean;
  arrival?: Arrival | undefined;
  /** When the request came, on the clock of performance.now(); now when absent. */
  startedAt?: number | undefined;
  /** Begun by an earlier step of a cascade. */
  trace?: RequestTrace | undefined;
  /** Of an endpoint with a rollout. */
  assigned?: Assigned | undefined;
}

/** How one step of a cascade runs a request. */
export interface StepWay {
  /** On the clock of performance.now(); the request's own deadline holds besides. */
  until: number;
  /** An output of the model that is looked at, wanted by the client or not. */
  alsoOutput: string | undefined;
  /** Kept in the prediction log in any case. */
  isCompared: boolean;
}

/** Which step of a cascade answered. */
export interface AnsweredStep {
  /** The first one is 1. */
  step: number;
  model: string;
  /** "digits v1=low-confidence, digits v2=answered" */
  path: string;
}

/** What an attempt has come to know of its request, for the counters and the prediction log. */
export interface SettledAttempt {
  /** On the clock of performance.now(), as boundAt and answeredAt are. */
  startedAt: number;
  /** Its tensors were ready to run; 0 before. */
  boundAt: number;
  /** The model had answered; 0 before. */
  answeredAt: number;
  /** What labels refer to: the client's id, or the one that was given to the request. */
  requestId: string;
  caller: string;
  /** Undefined for what came without headers. */
  arrival: Arrival | undefined;
  route: Route;
  answering: LoadedModel;
  modelVersion: string;
  /** Where it ran, or else where its version runs; "none" where it does not. */
  provider: string;
  tools: AttemptTools;
  isLoadTest: boolean;
  /** A copy of a live request, which nobody waits for. */
  isShadow: boolean;
  /** Undefined without a rollout. */
  assigned: Assigned | undefined;
  /** Undefined where no traces are made. */
  trace: RequestTrace | undefined;
  /** Of the trace that it belongs to: our own, or the caller's where we make none. */
  traceId: string | null;
  /** Undefined when it could not be read. */
  request: InferRequest | undefined;
  rows: number;
  /** Of the pipeline that the request went through. */
  pipelineDigest: string | null;
  /** What broke the input contract and was let through, or was refused for it. */
  violations: Violation[];
  /** Undefined when nothing answered. */
  result: PoolResult | undefined;
  /** What made the answer, the model unless it was shared, and how many seconds ago the model gave it. */
  source: Pick<CacheResult, "source" | "ageSeconds">;
  /** What was measured of its pictures, where somebody looks at it. */
  pictures: Passage["pictures"];
  /** What the model and its pipeline gave, where somebody looks at it. */
  given: readonly Tensor[];
  /** Why the prediction log keeps a request that was answered; undefined when it does not. */
  whyKept: LoggedPrediction["loggedReason"] | undefined;
  /** What the prediction log is to say, made when it is first asked for. */
  record(): RecordDraft;
}
