import { DomainError } from "#server/base/errors.ts";
import type { CacheInput } from "../cache/prediction-cache.ts";
import type { CascadeStep, EscalationRules } from "../cascade/contract.ts";
import { escalationReason, rejectionReason, skipReason } from "../cascade/decide.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { PoolResult } from "../pool/waiting-request.ts";
import type { BoundRequest } from "../protocol/bind-request.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import { isSampled } from "../telemetry/sampling.ts";
import type { Arrival } from "../tracing/tracing.ts";
import type { AddressedVersion } from "./addressed-version.ts";
import { Attempt } from "./attempt.ts";
import type { AnsweredStep, AttemptTools, Outcome, RequestOptions } from "./attempt-parts.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import type { RunningRequest } from "./running-request.ts";
import type { ServedCascade } from "./served-cascade.ts";
import { settleAttempt } from "./settle-attempt.ts";

type Ran = PoolResult & BoundRequest;

/** One step that was tried or passed over. */
interface Tried {
  attempt: Attempt;
  step: CascadeStep;
}

const neverRules: EscalationRules = { confidence: null, onError: false, timeoutMs: null, tag: null };

/**
 * One inference request through a cascade: one attempt per step, until a step returns an accepted output. All of them share the
 * deadline of the request. A low-confidence output is still returned when the later steps fail.
 */
export class CascadedAttempt implements RunningRequest {
  private readonly addressed: AddressedVersion;
  private readonly versions: LoadedModel[];
  private readonly plan: ServedCascade | undefined;
  private readonly from: RequestOptions;
  private readonly tools: AttemptTools;
  private readonly arrival: Arrival | undefined;
  private readonly tried: Tried[] = [];
  /** The attempt that succeeded, or the last one that failed. */
  private current: Attempt;
  private index = 0;

  constructor(
    addressed: AddressedVersion,
    next: readonly LoadedModel[],
    from: RequestOptions,
    tools: AttemptTools,
    arrival: Arrival | undefined,
  ) {
    this.addressed = addressed;
    this.versions = [addressed.version, ...next];
    this.plan = addressed.endpoint.route.cascade;
    this.from = from;
    this.tools = tools;
    this.arrival = arrival;
    // Any step may run it, however late.
    for (const version of next) from.lease.hold(version);
    this.current = new Attempt(addressed, from, tools, { arrival });
  }

  get lease() {
    return this.from.lease;
  }
  get trace() {
    return this.current.trace;
  }
  get modelVersion() {
    return this.current.modelVersion;
  }
  get signature() {
    return this.current.signature;
  }
  get provider() {
    return this.current.provider;
  }
  get source() {
    return this.current.source;
  }
  get mayShare() {
    return this.current.mayShare;
  }
  get flags() {
    return this.current.flags;
  }
  get pipelineDigest() {
    return this.current.pipelineDigest;
  }
  get lookedUp() {
    return this.current.lookedUp;
  }
  /** A rollout does not start on an endpoint with a cascade. */
  readonly arm = undefined;
  /** Load tests address one version. */
  readonly timing = undefined;

  get cascade(): AnsweredStep {
    const path = this.tried.map(({ step }) => `${step.modelName} v${step.version}=${step.outcome}`).join(", ");
    return { step: this.index + 1, model: this.versionAt(this.index).model.modelName, path };
  }

  checkBody(bytes: number): void {
    this.current.checkBody(bytes);
  }

  deadlineOf(request: InferRequest): number {
    return this.current.deadlineOf(request);
  }

  receive(request: InferRequest): void {
    this.current.receive(request);
  }

  /** Runs one step after the other until one returns an accepted output. @throws as Attempt.run, the error of the last step run */
  async run(request: InferRequest, isGone: () => boolean, cacheMode: CacheInput = "any"): Promise<Ran> {
    const last = this.versions.length - 1;
    const deadlineAt = this.current.deadlineOf(request);
    let kept: { index: number; tried: Tried; ran: Ran } | undefined;
    let isCompared = false;
    for (let index = 0; ; ) {
      const rules = index === last ? neverRules : this.rulesAt(index);
      const startedAt = performance.now();
      const attempt = this.enter(index);
      const skipped = skipReason(rules, request);
      if (skipped) {
        this.note(index, skipped, startedAt);
        index += 1;
        continue;
      }
      const until = rules.timeoutMs === null ? deadlineAt : Math.min(deadlineAt, startedAt + rules.timeoutMs);
      let ran: Ran;
      try {
        const alsoOutput = rules.confidence?.output;
        ran = await attempt.run(request, isGone, cacheMode, { until, alsoOutput, isCompared });
      } catch (cause) {
        const reason = escalationReason(rules, cause, performance.now() < deadlineAt);
        if (!reason && !(kept && mayStandIn(cause))) throw cause;
        this.note(index, reason ?? "failed", startedAt);
        if (reason) {
          index += 1;
          continue;
        }
        return this.standIn(kept as NonNullable<typeof kept>);
      }
      const unsure = rejectionReason(rules, attempt.given);
      isCompared = !unsure && index === 0 && last > 0 && this.compares;
      const tried = this.note(index, unsure ?? (isCompared ? "compared" : "answered"), startedAt, attempt);
      if (!unsure && !isCompared) return ran;
      kept = { index, tried, ran };
      index = isCompared ? last : index + 1;
    }
  }

  /** Counts every step for its version, and the request for the version that answered. */
  async settle(outcome: Outcome): Promise<void> {
    const others = this.tried.filter(({ attempt }) => attempt !== this.current);
    const left = others.map(({ attempt, step: { outcome: count } }) =>
      settleAttempt(attempt, { status: 200, reason: count, cascade: { count } }),
    );
    // A request that only the cache served cost nothing, and would have cost nothing without a cascade.
    const counts = outcome.status === 200 && (others.length > 0 || this.current.source.source === "model");
    const steps = this.tried.map(({ step }) => step);
    const cascade = counts ? { count: "answered" as const, steps } : undefined;
    await Promise.all([...left, this.current.settle({ ...outcome, cascade })]);
  }

  private standIn({ index, tried, ran }: { index: number; tried: Tried; ran: Ran }): Ran {
    tried.step.outcome = "answered";
    this.current = tried.attempt;
    this.index = index;
    return ran;
  }

  /** Starts the attempt of a step, which becomes the current one. */
  private enter(index: number): Attempt {
    this.index = index;
    if (index === 0) return this.current;
    const { trace, startedAt, lookUps } = this.current;
    const version = this.versionAt(index);
    const way = { arrival: this.arrival, trace, startedAt, lookUps };
    this.current = new Attempt({ ...this.addressed, version }, this.from, this.tools, way);
    return this.current;
  }

  private note(index: number, outcome: CascadeStep["outcome"], startedAt: number, answered?: Attempt): Tried {
    const { versionId, modelName, version } = this.versionAt(index).model;
    const verdict = answered?.verdict ?? { answer: null, outputIndex: null, confidence: null };
    const latencyMs = performance.now() - startedAt;
    const tried = { attempt: this.current, step: { versionId, modelName, version, outcome, ...verdict, latencyMs } };
    this.tried.push(tried);
    return tried;
  }

  private get compares(): boolean {
    // The prefix makes the comparison sample independent of the log sample.
    return isSampled(`compared ${this.lease.drawId}`, this.plan?.comparedShare ?? 0);
  }

  private rulesAt(index: number): EscalationRules {
    return (index === 0 ? this.plan?.rules : this.plan?.next[index - 1]?.rules) ?? neverRules;
  }

  private versionAt(index: number): LoadedModel {
    return this.versions[index] as LoadedModel;
  }
}

/** Whether an earlier prediction may replace this failure: not when the caller has disconnected, and not after a bug. */
function mayStandIn(cause: unknown): boolean {
  return cause instanceof InferenceFailure ? cause.reason !== "canceled" : cause instanceof DomainError;
}
