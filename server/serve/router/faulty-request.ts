import { setTimeout as pause } from "node:timers/promises";
import { DomainError } from "#server/base/errors.ts";
import type { CacheInput } from "../cache/prediction-cache.ts";
import { type ActiveFault, delayOf } from "../faults/active-fault.ts";
import { changeInputs } from "../faults/change-inputs.ts";
import type { Fault } from "../faults/contract.ts";
import type { FaultBook } from "../faults/fault-book.ts";
import { lateFailure } from "../pool/failure.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Outcome } from "./attempt-parts.ts";
import type { RunningRequest } from "./running-request.ts";

type Ran = ReturnType<RunningRequest["run"]>;

/** A live request that a game day has chosen. What happens where features are looked up or an engine is called, the attempt finds on the lease. */
export class FaultyRequest implements RunningRequest {
  private readonly request: RunningRequest;
  private readonly active: ActiveFault;
  private readonly book: FaultBook;

  constructor(request: RunningRequest, active: ActiveFault, book: FaultBook) {
    this.request = request;
    this.active = active;
    this.book = book;
    request.lease.fault = active;
  }

  get lease() {
    return this.request.lease;
  }
  get trace() {
    return this.request.trace;
  }
  get modelVersion() {
    return this.request.modelVersion;
  }
  get signature() {
    return this.request.signature;
  }
  get provider() {
    return this.request.provider;
  }
  get source() {
    return this.request.source;
  }
  get timing() {
    return this.request.timing;
  }
  get mayShare() {
    return this.request.mayShare;
  }
  get flags() {
    return this.request.flags;
  }
  get lookedUp() {
    return this.request.lookedUp;
  }
  get arm() {
    return this.request.arm;
  }
  get pipelineDigest() {
    return this.request.pipelineDigest;
  }
  get cascade() {
    return this.request.cascade;
  }

  checkBody(bytes: number): void {
    this.request.checkBody(bytes);
  }

  deadlineOf(request: InferRequest): number {
    return this.request.deadlineOf(request);
  }

  receive(request: InferRequest): void {
    this.request.receive(request);
  }

  /** Runs the request with its fault. @throws as the request itself; DomainError "unavailable", "rate-limited" by the fault */
  async run(request: InferRequest, isGone: () => boolean, cacheMode?: CacheInput): Ran {
    const { fault, name } = this.active;
    switch (fault.kind) {
      case "latency":
        return this.runLate(fault, request, isGone, cacheMode);
      case "errors": {
        this.receive(request);
        this.lease.isAffected = true;
        const code = fault.status === 429 ? "rate-limited" : "unavailable";
        throw new DomainError(code, `Rejected on purpose by game day ${name}.`, { retryAfterSeconds: 1 });
      }
      case "dropped-feature":
      case "shifted-input": {
        const changed = changeInputs(request, fault);
        if (changed) this.lease.isAffected = true;
        return this.request.run(changed ?? request, isGone, cacheMode);
      }
      default:
        return this.request.run(request, isGone, cacheMode);
    }
  }

  /** Counts the request for the game day too, if the fault has affected it. */
  settle(outcome: Outcome): Promise<void> {
    if (this.lease.isAffected) this.book.count(this.active, outcome.status !== 200);
    return this.request.settle(outcome);
  }

  private async runLate(
    fault: Extract<Fault, { kind: "latency" }>,
    request: InferRequest,
    isGone: () => boolean,
    cacheMode: CacheInput | undefined,
  ): Ran {
    if (!this.book.takeDelay()) return this.request.run(request, isGone, cacheMode);
    this.lease.isAffected = true;
    try {
      const ran = await this.request.run(request, isGone, cacheMode);
      const delayMs = delayOf(fault, Math.random());
      const leftMs = Math.max(0, this.deadlineOf(request) - performance.now());
      await pause(Math.min(delayMs, leftMs));
      if (delayMs > leftMs) throw lateFailure(leftMs);
      return ran;
    } finally {
      this.book.freeDelay();
    }
  }
}
