import type { CacheResult, PredictionCache } from "../cache/prediction-cache.ts";
import type { Pricing } from "../capture/pricing.ts";
import type { RecordDraft } from "../capture/record-draft.ts";
import type { CascadeCount, CascadeStep } from "../cascade/contract.ts";
import type { ServingFeatures } from "../features/by-key/contract.ts";
import type { FilledRequest } from "../features/by-key/fill-request.ts";
import type { LookUpMemory } from "../features/by-key/look-up-memory.ts";
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
import type { RecentLabels } from "./recent-labels.ts";
import type { RequestCounters } from "./request-counters.ts";
import type { RequestLease } from "./request-lease.ts";
import type { Assigned } from "./rollout/assigned.ts";
import type { Route } from "./routes.ts";

export interface Outcome {
  /** HTTP status of the response. */
  status: number;
  /** Reason for the failure in one word, for metrics; empty for success. */
  reason: string;
  /** Error message for the caller. */
  error?: string | undefined;
  /** Counted, but not stored in the prediction log: a rate-limited request. */
  isCountedOnly?: boolean | undefined;
  /** Result of one step of a cascade. */
  cascade?: CascadeRole | undefined;
}

/** Result of an attempt in a cascade: all but "answered" leave the request to another attempt. */
interface CascadeRole {
  count: Exclude<CascadeCount, "runs" | "computeMs" | "escalatedRuns">;
  /** Steps of the complete cascade, for the prediction log. */
  steps?: CascadeStep[] | undefined;
}

export interface RequestOptions {
  lease: RequestLease;
  caller: string;
}

/** Services of the gateway that count, log, cache and coalesce requests. */
export interface AttemptTools {
  telemetry: Telemetry;
  counters: RequestCounters;
  loadTestCounters: RequestCounters;
  shadowCounters: RequestCounters;
  evidence: EvidenceBook;
  /** Ids that clients gave to recent requests. */
  labels: RecentLabels;
  /** Runs copies of completed requests. */
  shadows: { offer(live: SettledAttempt, status: number, latencyMs: number): void };
  cache: PredictionCache;
  pipelines: PipelineThreads;
  /** Finds features by key. */
  lookUps: ServingFeatures;
  /** Returns the median or the most frequent level of a feature in a version's reference, which stands in for a value that is missing. */
  typicalValue(versionId: string, feature: string): number | string | undefined;
  versions: Pick<LoadedVersions, "wake">;
  /** Whether Postgres has confirmed lately that the rollouts go on. */
  readonly confirmsRollouts: boolean;
  tracing: Tracing | undefined;
  pricing: Pricing;
  /** Counts features of completed requests. */
  features: Pick<FeatureCounter, "watches" | "collectsPictures" | "offer">;
}

export interface AttemptWay {
  arrival?: Arrival | undefined;
  /** Time at which the request arrived, on the clock of performance.now(); now when absent. */
  startedAt?: number | undefined;
  /** Trace started by an earlier step of a cascade. */
  trace?: RequestTrace | undefined;
  /** Assignment of a request to an endpoint with a rollout. */
  assigned?: Assigned | undefined;
  /** What was looked up for the same request before. */
  lookUps?: LookUpMemory | undefined;
}

/** Settings with which one step of a cascade runs a request. */
export interface StepWay {
  /** On the clock of performance.now(); the request's own deadline holds besides. */
  until: number;
  /** Output of the model to inspect, whether or not the client requested it. */
  alsoOutput: string | undefined;
  /** Always stored in the prediction log. */
  isCompared: boolean;
}

/** Step of a cascade that answered. */
export interface AnsweredStep {
  /** The first one is 1. */
  step: number;
  model: string;
  /** Steps and their outcomes: "digits v1=low-confidence, digits v2=answered" */
  path: string;
}

/** Data that an attempt has collected about its request, for the counters and the prediction log. */
export interface SettledAttempt {
  /** On the clock of performance.now(), as boundAt and answeredAt are. */
  startedAt: number;
  /** Time at which its tensors were ready to run; 0 before. */
  boundAt: number;
  /** Time at which the model had returned its outputs; 0 before. */
  answeredAt: number;
  lease: RequestLease;
  caller: string;
  /** Undefined for requests that arrived without headers. */
  arrival: Arrival | undefined;
  route: Route;
  answering: LoadedModel;
  modelVersion: string;
  /** Provider that ran it, or else that of its version; "none" if the version is not running. */
  provider: string;
  tools: AttemptTools;
  /** Undefined without a rollout. */
  assigned: Assigned | undefined;
  /** Undefined if tracing is disabled. */
  trace: RequestTrace | undefined;
  /** Id of the trace that it belongs to: Leeway's own, or the caller's if Leeway creates none. */
  traceId: string | null;
  /** Undefined when it could not be read. */
  request: InferRequest | undefined;
  /** The request with the features that were looked up; undefined if it needed none. */
  lookedUp: FilledRequest | undefined;
  lookUps: LookUpMemory;
  rows: number;
  /** Digest of the pipeline that processed the request. */
  pipelineDigest: string | null;
  /** Violations of the input contract that were accepted, or caused a rejection. */
  violations: Violation[];
  /** Undefined if nothing was run. */
  result: PoolResult | undefined;
  /** Source of the prediction, the model unless it was shared, and the seconds since the model returned it. */
  source: Pick<CacheResult, "source" | "ageSeconds">;
  /** Measurements of its pictures, if they are monitored. */
  pictures: Passage["pictures"];
  /** Outputs of the model and its pipeline, if they are monitored. */
  given: readonly Tensor[];
  /** Reason why the prediction log stores a successful request; undefined when it does not. */
  whyKept: LoggedPrediction["loggedReason"] | undefined;
  /** Returns the draft for the prediction log, created when it is first requested. */
  record(): RecordDraft;
}
