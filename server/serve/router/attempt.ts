import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { featuresPartOf } from "#server/develop/registry/pipeline/definition.ts";
import type { FeaturesPart } from "#server/develop/registry/pipeline/features-part.ts";
import { cacheKey } from "../cache/cache-key.ts";
import type { CacheSettings } from "../cache/contract.ts";
import type { CacheInput, CacheResult } from "../cache/prediction-cache.ts";
import type { Caller } from "../cache/shared-runs.ts";
import { RecordDraft } from "../capture/record-draft.ts";
import { lookedUpRows } from "../features/by-key/describe-look-up.ts";
import { type FilledRequest, fillRequest } from "../features/by-key/fill-request.ts";
import { LookUpMemory } from "../features/by-key/look-up-memory.ts";
import { goesThrough } from "../pipeline/bind-pipeline.ts";
import { openPassage, type Passage } from "../pipeline/passage.ts";
import { servedPlan } from "../pipeline/served-plan.ts";
import type { OpenedModel } from "../pool/open-model.ts";
import { priorityLevel } from "../pool/priority-level.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { bindProtected, holdToContract } from "../protection/bind-protected.ts";
import { checkBodySize } from "../protection/check-body-size.ts";
import { describeFlag, type Violation } from "../protection/violation.ts";
import type { BoundRequest } from "../protocol/bind-request.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import { isSampled } from "../telemetry/sampling.ts";
import { hasBatchDimension } from "../tensor/batch-dimension.ts";
import { rowCount, type Tensor } from "../tensor/tensor.ts";
import { isUnsure, type Verdict } from "../tensor/verdict.ts";
import { readTraceparent } from "../tracing/trace-context.ts";
import type { Arrival, RequestTrace } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import type { AttemptTools, AttemptWay, Outcome, RequestOptions, SettledAttempt, StepWay } from "./attempt-parts.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import { requireEngine, staleView } from "./met-faults.ts";
import { openedModel } from "./opened-model.ts";
import type { RequestLease } from "./request-lease.ts";
import type { RolloutSide } from "./rollout/arm-of.ts";
import type { Assigned } from "./rollout/assigned.ts";
import type { Route } from "./routes.ts";
import { settleAttempt } from "./settle-attempt.ts";

/** Maximum length of a client's request id. A longer one is echoed, but the request is logged under a new id. */
const maxIdLength = 256;

const none: ReadonlySet<string> = new Set();

/** One inference request in the gateway, from the choice of the version to the counters. */
export class Attempt implements SettledAttempt {
  readonly startedAt: number;
  readonly trace: RequestTrace | undefined;
  readonly modelVersion: string;
  readonly lease: RequestLease;
  pipelineDigest: string | null = null;
  readonly caller: string;
  readonly route: Route;
  readonly answering: LoadedModel;
  readonly tools: AttemptTools;
  readonly assigned: Assigned | undefined;
  readonly violations: Violation[] = [];
  request: InferRequest | undefined;
  lookedUp: FilledRequest | undefined;
  readonly lookUps: LookUpMemory;
  rows = 0;
  pictures: Passage["pictures"];
  result: PoolResult | undefined;
  boundAt = 0;
  answeredAt = 0;
  readonly arrival: Arrival | undefined;
  private ranOn: string | undefined;
  private answered: SettledAttempt["source"] = { source: "model", ageSeconds: 0 };
  private keeps = false;
  private isUnsure = false;
  private isCompared = false;
  /** Outputs of the model and its pipeline, until the response is written. */
  private outputs: Tensor[] = [];
  private draft: RecordDraft | undefined;
  private readonly note = (found: readonly Violation[]) => {
    this.violations.push(...found);
  };

  /**
   * @param addressed this request stays with this version, even if the endpoint changes meanwhile; its lease holds it
   * @param from its lease, and the name of the caller
   */
  constructor(
    { endpoint, version }: AddressedVersion,
    from: RequestOptions,
    tools: AttemptTools,
    { arrival, startedAt = performance.now(), trace, assigned, lookUps = new LookUpMemory() }: AttemptWay = {},
  ) {
    this.lookUps = lookUps;
    this.startedAt = startedAt;
    this.assigned = assigned;
    this.route = endpoint.route;
    this.answering = version;
    this.tools = tools;
    this.lease = from.lease;
    this.lease.hold(version);
    this.caller = from.caller;
    this.modelVersion = String(this.answering.model.version);
    this.arrival = arrival;
    this.trace = trace ?? (arrival && tools.tracing?.start(arrival, this.startedAt));
  }

  /** Signature of the version that serves the request. */
  get signature(): Signature {
    return this.answering.model.signature;
  }

  get provider(): string {
    return this.ranOn ?? this.answering.opened?.provider ?? "none";
  }

  /** Source of the prediction, and the seconds since the model returned it. */
  get source(): SettledAttempt["source"] {
    return this.answered;
  }

  /** Parts of the request's time, for the sender of a load test: the header Server-Timing. */
  get timing(): string | undefined {
    if (!this.isLoadTest || !this.result) return undefined;
    const { queueMs, runMs } = this.result;
    return `queue;dur=${queueMs.toFixed(3)}, compute;dur=${runMs.toFixed(3)}`;
  }

  /** Arm of the active rollout; undefined without one. */
  get arm(): RolloutSide | undefined {
    return this.assigned?.arm;
  }

  /** Whether the endpoint caches predictions or coalesces requests. */
  get mayShare(): boolean {
    const { ttlSeconds, coalesces } = this.cacheSettings;
    return ttlSeconds !== null || coalesces;
  }

  /** Description of accepted violations of the input contract. */
  get flags(): string {
    return describeFlag(this.violations);
  }

  /** Checks the body size. @param bytes size of the body, known by now. @throws DomainError "too-large" */
  checkBody(bytes: number): void {
    checkBodySize(this.route.protection, bytes);
  }

  /** Takes down what was requested, for the prediction log. */
  receive(request: InferRequest): void {
    this.request = request;
    if (request.id && request.id.length <= maxIdLength) this.lease.label = request.id;
  }

  /**
   * Runs a request on the version that serves now. A client's own time limit can only shorten that of the endpoint.
   * @param isGone whether the caller has disconnected; checked before the request runs
   * @param cacheMode whether a cached response may be returned
   * @param step undefined outside of a cascade
   * @throws DomainError "invalid", "unavailable"; InferenceFailure
   */
  async run(
    request: InferRequest,
    isGone: () => boolean,
    cacheMode: CacheInput = "any",
    step?: StepWay,
  ): Promise<PoolResult & BoundRequest> {
    this.receive(request);
    this.keeps = !this.isLoadTest && isSampled(this.lease.drawId, this.route.captureShare);
    this.assigned?.sample(this.keeps);
    this.isCompared = step?.isCompared ?? false;
    const ownDeadline = this.deadlineOf(request);
    const deadlineAt = step ? Math.min(ownDeadline, step.until) : ownDeadline;
    const opened = await openedModel(this.tools.versions, this.answering, deadlineAt);
    this.ranOn = opened.provider;
    if (this.lease.fault) requireEngine(opened, this.lease);
    const part = this.featuresPart;
    const complete = part ? await this.withFeatures(request, part, deadlineAt) : request;
    const passage = await this.open(complete, deadlineAt);
    this.enter(passage);
    const { modelOutputs } = passage;
    const also = step?.alsoOutput;
    const outputs = also === undefined || modelOutputs.includes(also) ? modelOutputs : [...modelOutputs, also];
    this.boundAt = performance.now();
    const { result, ...answered } = await this.send(opened.pool, passage.tensors, outputs, cacheMode, {
      deadlineAt,
      level: this.route.cache.coalesces ? this.levelOf(request) : 0,
      isGone,
    });
    this.answered = answered;
    this.result = result;
    if (answered.source !== "model") this.assigned?.exclude();
    this.answeredAt = performance.now();
    const tensors = await passage.finish(
      outputs === modelOutputs ? result.tensors : result.tensors.slice(0, modelOutputs.length),
    );
    const isWatched =
      !this.isLoadTest && this.tools.features.watches(this.route.endpointId, this.answering.model.versionId);
    if (step || isWatched || this.keeps || this.route.capture.lowConfidence) {
      const given = tensors === result.tensors ? tensors : [...new Set([...tensors, ...result.tensors])];
      if (step || isWatched) this.outputs = given;
      if (step || this.keeps || this.route.capture.lowConfidence) this.observeOutputs(given);
    }
    if (this.assigned?.collectsPictures) {
      const all = tensors === result.tensors ? tensors : [...new Set([...tensors, ...result.tensors])];
      this.assigned.see(all, tensors, this.signature.labels);
    }
    this.lease.claimLabel(this.tools.labels, this.route.endpointId);
    return { ...result, outputs: passage.wanted, tensors };
  }

  /** Returns the deadline of a request, on the clock of performance.now(). A client's own limit can only shorten the endpoint's. */
  deadlineOf({ timeoutMs: requested }: InferRequest): number {
    const { timeoutMs } = this.route.execution;
    return this.startedAt + Math.min(timeoutMs, requested ?? timeoutMs);
  }

  /** Outputs of a step of a cascade, or of a version whose features are counted. */
  get given(): readonly Tensor[] {
    return this.outputs;
  }

  /** Confidence of the step, as far as the prediction log may contain it. */
  get verdict(): Verdict {
    return this.record().evaluate(this.outputs);
  }

  /**
   * Counts the request, and stores it in the prediction log when it failed or was sampled. Both are on disk when the promise resolves.
   * Releases its lease.
   */
  settle(outcome: Outcome): Promise<void> {
    try {
      return settleAttempt(this, outcome);
    } finally {
      this.lease.release();
    }
  }

  get whyKept(): LoggedPrediction["loggedReason"] | undefined {
    if (this.keeps) return "sampled";
    return this.isUnsure ? "low-confidence" : this.isCompared ? "compared" : undefined;
  }

  get traceId(): string | null {
    const context = this.trace?.context ?? readTraceparent(this.arrival?.headers.traceparent);
    return context?.traceId ?? null;
  }

  record(): RecordDraft {
    this.draft ??= new RecordDraft(this.route.capture, this.answering.model, this.personalColumns);
    return this.draft;
  }

  private levelOf({ priority }: InferRequest): number {
    const { priorityLevels: levels, defaultPriorityLevel } = this.route.execution;
    return priorityLevel(priority, { levels, default: defaultPriorityLevel });
  }

  private get featuresPart(): FeaturesPart | undefined {
    const { pipeline } = this.answering.model;
    return pipeline && featuresPartOf(pipeline.definition);
  }

  private get personalColumns(): ReadonlySet<string> {
    const pinned = this.featuresPart?.pinned;
    return pinned ? this.tools.lookUps.personal(this.route.workspaceId, pinned) : none;
  }

  private get isLoadTest(): boolean {
    return this.lease.kind === "load-test";
  }

  private get cacheSettings(): CacheSettings {
    return this.isLoadTest || this.lease.kind === "shadow" || this.lease.isAffected
      ? { ...this.route.cache, ttlSeconds: null, coalesces: false }
      : this.route.cache;
  }

  /** Looks up the features that the version's pipeline needs besides the request. @throws as fillRequest(); what its policy refuses */
  private async withFeatures(request: InferRequest, part: FeaturesPart, deadlineAt: number): Promise<InferRequest> {
    const { pipeline, signature, versionId } = this.answering.model;
    if (!pipeline) return request;
    const plan = servedPlan(pipeline, signature);
    if (!goesThrough(request, plan, signature)) return request;
    const aged = this.lease.fault && staleView(this.lease.fault);
    this.lookedUp = await fillRequest(request, part, {
      aged,
      plan,
      deadlineAt,
      features: this.tools.lookUps,
      memory: this.lookUps,
      workspaceId: this.route.workspaceId,
      endpointId: this.isLoadTest ? undefined : this.route.endpointId,
      typical: (column) => this.tools.typicalValue(versionId, column),
    });
    if (aged && this.lookedUp.views.some(({ pinned }) => pinned.view === aged.view)) this.lease.isAffected = true;
    if (this.lookedUp.refusal) throw this.lookedUp.refusal;
    return this.lookedUp.request;
  }

  /** Reads the request as the version's pipeline and the endpoint's contract say. */
  private open(request: InferRequest, deadlineAt: number): Passage | Promise<Passage> {
    const { fields } = this.route.protection;
    return openPassage(request, this.answering.model, {
      threads: this.tools.pipelines,
      tenant: this.route.workspaceId,
      deadlineAt,
      collectsPictures: !this.isLoadTest && this.tools.features.collectsPictures(this.answering.model.versionId),
      bind: (...what) => bindProtected(fields, this.note, ...what),
    });
  }

  private enter({ digest, tensors, pictures }: Passage): void {
    this.pictures = pictures;
    // The pipeline's results are validated against the contract of the model's inputs too.
    if (digest) holdToContract(tensors, this.route.protection.fields, this.note);
    this.rows = hasBatchDimension(this.signature) ? rowCount(tensors) : 1;
    this.pipelineDigest = digest;
    if (digest && this.keeps) this.record().see(tensors);
  }

  /** Runs the model, or uses cached or coalesced outputs. */
  private send(
    pool: OpenedModel["pool"],
    tensors: Tensor[],
    outputs: string[],
    cacheMode: CacheInput,
    caller: Caller,
  ): Promise<CacheResult> {
    const { endpointId, execution } = this.route;
    const settings = this.cacheSettings;
    return this.tools.cache.resolve({
      endpointId,
      settings,
      cacheMode,
      caller,
      key: () => cacheKey(this.answering.key, outputs, tensors, this.lookedUp && lookedUpRows(this.lookedUp)),
      run: (isGone) => {
        // Others may come to wait for a shared run with more time than this one has.
        const deadlineAt = settings.coalesces ? this.startedAt + execution.timeoutMs : caller.deadlineAt;
        const trace = this.trace?.isKept ? this.trace.context : undefined;
        return pool.run({ tensors, outputs, deadlineAt, priority: this.request?.priority, isGone, trace });
      },
      onShared: () => {
        this.answered = { source: "coalesced", ageSeconds: 0 };
        this.assigned?.exclude();
      },
    });
  }

  /** Records the outputs if the request is sampled, or if the endpoint logs low-confidence predictions. */
  private observeOutputs(outputs: Tensor[]): void {
    const { lowConfidence } = this.route.capture;
    const isNew = this.answered.source === "model" && this.lease.kind !== "shadow";
    this.isUnsure = !this.keeps && isNew && lowConfidence !== null && isUnsure(outputs, lowConfidence);
    if (this.keeps || this.isUnsure || this.isCompared) this.record().addOutputs(outputs);
  }
}
