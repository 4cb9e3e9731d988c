import { randomUUID } from "node:crypto";
import type { Signature } from "#server/registry/contract.ts";
import { hasBatchDimension } from "../batch-dimension.ts";
import type { Answer, CacheWish } from "../cache/answer-store.ts";
import { cacheKey } from "../cache/cache-key.ts";
import type { CacheSettings } from "../cache/contract.ts";
import { costOfRequest } from "../capture/cost.ts";
import { latencyParts } from "../capture/latency-parts.ts";
import { RecordDraft } from "../capture/record-draft.ts";
import { isUnsure, type Verdict } from "../capture/verdict.ts";
import { cascadeCounts } from "../cascade/cascade-counts.ts";
import type { LatencyParts } from "../contract.ts";
import { openPassage } from "../pipeline/passage.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import { bindProtected, holdToContract } from "../protection/bind-protected.ts";
import { checkBodySize } from "../protection/check-body-size.ts";
import { flagWords, type Violation } from "../protection/violation.ts";
import type { BoundRequest } from "../protocol/bind-request.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import { isSampled } from "../telemetry/sampling.ts";
import type { LoggedPrediction } from "../telemetry/store-predictions.ts";
import { type CountKey, violationKey } from "../telemetry/window-counts.ts";
import { rowCount, type Tensor } from "../tensor.ts";
import { readTraceparent } from "../tracing/trace-context.ts";
import type { Arrival, RequestTrace } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import type { Asking, AttemptTools, AttemptWay, Outcome, StepWay } from "./attempt-parts.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import { openedModel } from "./opened-model.ts";
import type { Route } from "./routes.ts";

/** A longer id of a client is echoed, but the request is logged under an id of its own. */
const longestId = 256;

/** One inference request on its way through the gateway, from the choice of the version to its place in the counters. */
export class Attempt {
  readonly startedAt: number;
  /** Undefined where no traces are made. */
  readonly trace: RequestTrace | undefined;
  readonly modelVersion: string;
  /** What labels refer to: the client's id, or the one that was given to the request. */
  requestId: string;
  /** Of the pipeline that the request went through. */
  pipelineDigest: string | null = null;
  private readonly caller: string;
  private readonly arrival: Arrival | undefined;
  private readonly route: Route;
  private readonly answering: LoadedModel;
  private readonly tools: AttemptTools;
  private readonly isLoadTest: boolean;
  private keeps = false;
  private readonly violations: Violation[] = [];
  private request: InferRequest | undefined;
  private rows = 0;
  private ranOn: string | undefined;
  private result: PoolResult | undefined;
  /** What made the answer; the model unless it was shared. */
  private answered: Pick<Answer, "source" | "ageSeconds"> = { source: "model", ageSeconds: 0 };
  private boundAt = 0;
  private answeredAt = 0;
  private isUnsure = false;
  private isCompared = false;
  /** What the model and its pipeline gave, until the answer is written. */
  private outputs: Tensor[] = [];
  private draft: RecordDraft | undefined;

  /**
   * @param addressed whatever happens to the endpoint meanwhile, this request belongs to the version that it found
   * @param from its id, and the name of who asks
   * @param isLoadTest always runs the model, and is counted for Prometheus only
   */
  constructor(
    { endpoint, version }: AddressedVersion,
    from: Asking,
    tools: AttemptTools,
    { isLoadTest = false, arrival, startedAt = performance.now(), trace }: AttemptWay = {},
  ) {
    this.startedAt = startedAt;
    this.isLoadTest = isLoadTest;
    this.route = endpoint.route;
    this.answering = version;
    this.tools = tools;
    this.requestId = from.requestId;
    this.caller = from.caller;
    this.modelVersion = String(this.answering.model.version);
    this.arrival = arrival;
    this.trace = trace ?? (arrival && tools.tracing?.begin(arrival, this.startedAt));
  }

  /** What goes in and out of the version that answers. */
  get signature(): Signature {
    return this.answering.model.signature;
  }

  get provider(): string {
    return this.ranOn ?? this.answering.opened?.provider ?? "none";
  }

  /** Where the answer came from, and how many seconds ago the model gave it. */
  get source(): Pick<Answer, "source" | "ageSeconds"> {
    return this.answered;
  }

  /** Where the time went, for the sender of a load test: the header Server-Timing. */
  get timing(): string | undefined {
    if (!this.isLoadTest || !this.result) return undefined;
    const { queueMs, runMs } = this.result;
    return `queue;dur=${queueMs.toFixed(3)}, compute;dur=${runMs.toFixed(3)}`;
  }

  /** Whether the endpoint keeps answers or shares runs. */
  get mayShare(): boolean {
    const { ttlSeconds, coalesces } = this.cacheSettings;
    return ttlSeconds !== null || coalesces;
  }

  /** What broke the input contract and was let through. */
  get flags(): string {
    return flagWords(this.violations);
  }

  /** @param bytes size of the body, now that it is known. @throws DomainError "too-large" */
  checkBody(bytes: number): void {
    checkBodySize(this.route.protection, bytes);
  }

  /**
   * Runs a request on the version that answers now. A client's own limit can only shorten the endpoint's.
   * @param isGone whether the caller has left; asked before the request runs
   * @param wish whether an answer of before will do
   * @param step undefined outside of a cascade
   * @throws DomainError "invalid", "unavailable"; InferenceFailure
   */
  async run(
    request: InferRequest,
    isGone: () => boolean,
    wish: CacheWish = "any",
    step?: StepWay,
  ): Promise<PoolResult & BoundRequest> {
    this.request = request;
    if (request.id && request.id.length <= longestId) this.requestId = request.id;
    this.keeps = !this.isLoadTest && isSampled(this.requestId, this.route.captureShare);
    const { model } = this.answering;
    const { timeoutMs } = this.route.execution;
    const ownDeadline = this.deadlineOf(request);
    const deadlineAt = step ? Math.min(ownDeadline, step.until) : ownDeadline;
    this.isCompared = step?.isCompared ?? false;
    const opened = await openedModel(this.tools.versions, this.answering, deadlineAt);
    this.ranOn = opened.provider;
    const { fields } = this.route.protection;
    const note = (found: readonly Violation[]) => this.violations.push(...found);
    const passage = await openPassage(request, model, {
      ...{ threads: this.tools.pipelines, deadlineAt },
      bind: (...what) => bindProtected(fields, note, ...what),
    });
    // What a pipeline made is held to the contract of the model's inputs too.
    if (passage.digest) holdToContract(passage.tensors, fields, note);
    this.rows = hasBatchDimension(model.signature) ? rowCount(passage.tensors) : 1;
    this.pipelineDigest = passage.digest;
    if (passage.digest && this.keeps) this.record().see(passage.tensors);
    const { priority } = request;
    const { tensors: ready, modelOutputs } = passage;
    const also = step?.alsoOutput;
    const outputs = also === undefined || modelOutputs.includes(also) ? modelOutputs : [...modelOutputs, also];
    const { endpointId } = this.route;
    const settings = this.cacheSettings;
    this.boundAt = performance.now();
    const { result, ...answered } = await this.tools.answers.answer({
      ...{ endpointId, settings, wish, caller: { deadlineAt, isGone } },
      key: () => cacheKey(this.answering.key, outputs, ready),
      run: (isUnwanted) => {
        // Others may come to wait for a shared run with more time than this one has.
        const runUntil = settings.coalesces ? this.startedAt + timeoutMs : deadlineAt;
        const trace = this.trace?.isKept ? this.trace.context : undefined;
        return opened.pool.run({ tensors: ready, outputs, deadlineAt: runUntil, priority, isGone: isUnwanted, trace });
      },
      onShared: () => {
        this.answered = { source: "coalesced", ageSeconds: 0 };
      },
    });
    this.answered = answered;
    this.result = result;
    this.answeredAt = performance.now();
    const tensors = await passage.finish(
      outputs === modelOutputs ? result.tensors : result.tensors.slice(0, modelOutputs.length),
    );
    if (step) this.outputs = [...new Set([...tensors, ...result.tensors])];
    if (this.keeps || this.isCompared || this.route.capture.lowConfidence) {
      this.look([...new Set([...tensors, ...result.tensors])]);
    }
    return { ...result, outputs: passage.wanted, tensors };
  }

  /** Until when a request is of use, on the clock of performance.now(). A client's own limit can only shorten the endpoint's. */
  deadlineOf({ timeoutMs: wished }: InferRequest): number {
    const { timeoutMs } = this.route.execution;
    return this.startedAt + Math.min(timeoutMs, wished ?? timeoutMs);
  }

  /** What a step of a cascade gave, before an answer is written. */
  get given(): readonly Tensor[] {
    return this.outputs;
  }

  /** What the step was sure of, as far as the prediction log may say it. */
  get verdict(): Verdict {
    return this.record().judge(this.outputs);
  }

  /** Counts the request, and keeps it in the prediction log when it failed or was sampled. Both are on disk when the promise resolves. */
  settle(outcome: Outcome): Promise<void> {
    const { status, reason, error, isCountedOnly, cascade } = outcome;
    const { queueMs = 0, runMs = 0 } = this.result ?? {};
    const latencyMs = performance.now() - this.startedAt;
    const { provider, rows } = this;
    const { source } = this.answered;
    const sharedBy = source === "model" ? undefined : source;
    const violations = this.violations.length === 0 ? [] : [...new Set(this.violations.map(violationKey))];
    const counts = cascade && cascadeCounts(cascade.count, source === "model" ? this.result : undefined);
    const observation = {
      status,
      rows,
      latencyMs,
      queueMs,
      computeMs: runMs,
      violations,
      sharedBy,
      cascade: counts,
    };
    const isPassedOn = cascade !== undefined && cascade.count !== "answered";
    const { telemetry, prices } = this.tools;
    const counters = this.isLoadTest ? this.tools.loadTestCounters : this.tools.counters;
    const { key, metrics, statistics } = counters.of(this.route, this.answering, provider);
    const looksUp = this.route.cache.ttlSeconds !== null;
    const traceId = this.trace?.isKept ? this.trace.context.traceId : undefined;
    metrics.observe(observation, { reason, looksUp, traceId });
    if (this.trace && !isPassedOn) this.endTrace(this.trace, key, outcome);
    if (this.isLoadTest) return Promise.resolve();
    const counted = telemetry.observe(key, observation);
    if (cascade?.count !== "tag") statistics.observe({ ...observation, reason, looksUp, result: this.result });
    if (isCountedOnly || isPassedOn) return counted;
    const kept = status === 200 ? this.whyKept() : "failed";
    if (!kept) return counted;
    telemetry.keep({
      ...{ id: randomUUID(), ...key, at: new Date().toISOString(), requestId: this.requestId, status, latencyMs, kept },
      ...{ source, caller: this.caller, traceId: this.traceId },
      ...{ parts: this.parts(latencyMs), batchRows: (source === "model" && this.result?.batch?.rows) || null },
      ...{ pipelineDigest: this.pipelineDigest, cascade: cascade?.steps ?? null },
      cost: costOfRequest(prices, { provider, rows, source, result: this.result, steps: cascade?.steps }),
      ...this.record().finish(this.request, status, error),
    });
    return counted;
  }

  private get cacheSettings(): CacheSettings {
    return this.isLoadTest ? { ...this.route.cache, ttlSeconds: null, coalesces: false } : this.route.cache;
  }

  /** Keeps what came out when it was sampled, or when the endpoint asks for what the model is unsure of. */
  private look(outputs: Tensor[]): void {
    const { lowConfidence } = this.route.capture;
    const isNew = this.answered.source === "model";
    this.isUnsure = !this.keeps && isNew && lowConfidence !== null && isUnsure(outputs, lowConfidence);
    if (this.keeps || this.isUnsure || this.isCompared) this.record().answer(outputs);
  }

  private whyKept(): LoggedPrediction["kept"] | undefined {
    if (this.keeps) return "sampled";
    return this.isUnsure ? "low-confidence" : this.isCompared ? "compared" : undefined;
  }

  private parts(latencyMs: number): LatencyParts | null {
    if (!this.result || this.answered.source !== "model") return null;
    const { startedAt, boundAt, answeredAt } = this;
    return latencyParts(this.result, { startedAt, boundAt, answeredAt, endedAt: startedAt + latencyMs });
  }

  private record(): RecordDraft {
    this.draft ??= new RecordDraft(this.route.capture, this.answering.model);
    return this.draft;
  }

  /** Of the trace that it belongs to: our own, or the caller's where we make none. */
  get traceId(): string | null {
    const context = this.trace?.context ?? readTraceparent(this.arrival?.headers.traceparent);
    return context?.traceId ?? null;
  }

  private endTrace(trace: RequestTrace, key: CountKey, { status, error }: Outcome): void {
    const { workspaceSlug: workspace, name: endpoint } = this.route;
    const { result } = this;
    trace.end({
      ...key,
      ...{ status, error, workspace, endpoint, requestId: this.requestId, source: this.answered.source },
      ...{ model: this.answering.model.modelName, version: this.modelVersion },
      run: result?.batch && { ...result, batch: result.batch },
    });
  }
}
