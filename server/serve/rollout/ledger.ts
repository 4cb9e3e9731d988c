import type { GuardrailMetric } from "#server/serve/rollout/plan/contract.ts";
import { AgeLine } from "./age-line.ts";
import { BurstCap } from "./burst-cap.ts";
import { CountRows, countUnit } from "./count-rows.ts";
import { type CountedRequest, isBad, isSlow } from "./counted-request.ts";
import type { ServedRollout } from "./served-rollout.ts";
import { UnitRows } from "./unit-rows.ts";

type Frozen = Pick<ServedRollout, "rolloutId" | "unit" | "metrics" | "slowMs" | "outcomeAgeMs">;

/** Counted whatever the guardrails are: they cost nothing, and sample ratios and what people were exposed to are read from them. */
const always: readonly GuardrailMetric[] = ["errors", "client-errors", "slow"];

/**
 * Counts of one gateway for one rollout, each request at the same age in both arms (docs/spec/sequential-analysis.md section 2, A5). One
 * that has not ended by then is slow, and counts for all else at its end.
 */
export class Ledger {
  readonly rolloutId: string;
  readonly workspaceId: string;
  readonly rows = new CountRows();
  readonly units = new UnitRows();
  /** All metrics in which a unit counts. */
  readonly unitMetrics: readonly GuardrailMetric[];
  private readonly frozen: Frozen;
  private readonly isSticky: boolean;
  private readonly line: AgeLine<CountedRequest>;
  private readonly cap = new BurstCap();
  private overdue = 0;

  constructor(workspaceId: string, frozen: Frozen) {
    this.rolloutId = frozen.rolloutId;
    this.workspaceId = workspaceId;
    this.frozen = frozen;
    this.isSticky = frozen.unit.kind !== "request";
    // Whether a response was slow is known at its end, since its time in the queue does not count.
    this.line = new AgeLine([Math.max(frozen.slowMs, frozen.outcomeAgeMs), frozen.outcomeAgeMs]);
    const requested = (["invalid-outputs"] as const).filter((metric) => frozen.metrics.includes(metric));
    this.unitMetrics = [...always, "conversions", ...requested];
  }

  /** Whether nothing waits to be counted or stored. */
  get isIdle(): boolean {
    return this.line.length === 0 && this.overdue === 0 && !this.rows.hasChanged && !this.units.hasChanged;
  }

  add(request: CountedRequest): void {
    this.line.add(request);
  }

  /** Records the end of a request. */
  end(request: CountedRequest, status: number, endedAt: number): void {
    request.status = status;
    request.endedAt = endedAt;
    if (!request.isOverdue) return;
    this.overdue -= 1;
    this.countOutcome(request);
  }

  /** Counts all that is old enough. @param now on the clock of performance.now() */
  advance(now: number): void {
    this.line.advance(now, (index, request) => {
      if (request.isExcluded) return;
      if (index === 0) this.countLateness(request);
      else if (request.endedAt !== undefined) this.countOutcome(request);
      else {
        request.isOverdue = true;
        this.overdue += 1;
      }
    });
  }

  private countLateness(request: CountedRequest): void {
    if (this.isSticky) this.units.see(request);
    if (request.isTimed) this.count("slow", request, isSlow(request, this.frozen.slowMs));
  }

  private countOutcome(request: CountedRequest): void {
    // Between its age and its end it may have turned out to be another one's run.
    if (request.isExcluded) return;
    if (this.isSticky) this.units.see(request);
    const { metrics } = this.frozen;
    this.count("errors", request, isBad("errors", request));
    this.count("client-errors", request, isBad("client-errors", request));
    if (metrics.includes("invalid-outputs")) this.count("invalid-outputs", request, isBad("invalid-outputs", request));
    // For single requests, business events can only be attributed to those that are logged whatever the response.
    if (this.isSticky || request.isSampled) this.count("conversions", request, false);
    const { bin, cost } = request;
    if (bin !== undefined && metrics.includes("output-shift")) this.countValue("output-shift", request, bin, 0);
    if (cost !== undefined && metrics.includes("cost")) this.countValue("cost", request, 0, cost);
  }

  private count(metric: GuardrailMetric, request: CountedRequest, isBad: boolean): void {
    const isEvent = isBad && this.cap.takes(request.client, metric, request.startedAt);
    if (!this.isSticky) countUnit(this.rows.of(metric, request), isEvent);
    else if (isEvent) this.units.add(metric, request);
  }

  /** Counts a value that each request has once: for a unit that is a key, that of its first request. */
  private countValue(metric: "output-shift" | "cost", request: CountedRequest, bin: number, value: number): void {
    if (this.isSticky) this.units.add(metric, request, bin, value);
    else countUnit(this.rows.of(metric, request, bin), metric === "output-shift", value);
  }
}
