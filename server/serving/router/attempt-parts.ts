import type { AnswerStore } from "../cache/answer-store.ts";
import type { Prices } from "../capture/cost.ts";
import type { CascadeCount, CascadeStep } from "../cascade/contract.ts";
import type { PipelineThreads } from "../pipeline/pipeline-threads.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Arrival, RequestTrace, Tracing } from "../tracing/tracing.ts";
import type { LoadedVersions } from "./loaded-versions.ts";
import type { RequestCounters } from "./request-counters.ts";

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

export interface Asking {
  requestId: string;
  caller: string;
}

/** What counts, keeps and shares requests: the gateway's. */
export interface AttemptTools {
  telemetry: Telemetry;
  counters: RequestCounters;
  loadTestCounters: RequestCounters;
  answers: AnswerStore;
  pipelines: PipelineThreads;
  versions: Pick<LoadedVersions, "wake">;
  tracing: Tracing | undefined;
  prices: Prices;
}

export interface AttemptWay {
  isLoadTest?: boolean;
  arrival?: Arrival | undefined;
  /** When the request came, on the clock of performance.now(); now when absent. */
  startedAt?: number | undefined;
  /** Begun by an earlier step of a cascade. */
  trace?: RequestTrace | undefined;
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
