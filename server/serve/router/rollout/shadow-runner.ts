import { ownLatencyMs } from "../../capture/latency-parts.ts";
import { backgroundPriority } from "../../pool/waiting-request.ts";
import type { InferRequest } from "../../protocol/infer-request.ts";
import { isComparable, pairPeeks, type Side } from "../../rollout/pairs.ts";
import { Attempt } from "../attempt.ts";
import type { AttemptTools, Outcome, SettledAttempt } from "../attempt-parts.ts";
import type { LoadedModel } from "../loaded-versions.ts";
import { RequestLease } from "../request-lease.ts";
import { partsOf } from "../settle-attempt.ts";
import { Assigned } from "./assigned.ts";
import { outcomeOfCopy } from "./outcome-of-copy.ts";

/** Delay before a copy starts, so that the live response is sent first, and between two checks for an idle moment. */
const pauseMs = 5;
/** For so long a copy waits for a quiet moment. */
const timeoutMs = 1000;

/** A completed request that is also to run on the other version. */
interface Copy {
  live: SettledAttempt;
  assigned: Assigned;
  request: InferRequest;
  side: Side;
  version: LoadedModel;
  offeredAt: number;
}

/**
 * Runs copies of live requests on the other version of a rollout, and compares. No caller waits for them, and they delay no request: one
 * at a time for each endpoint, when neither version has anything to do, else not at all.
 */
export class ShadowRunner {
  private readonly tools: AttemptTools;
  /** Copies in progress, by endpoint. */
  private readonly running = new Map<string, Promise<void>>();
  private isClosing = false;

  constructor(tools: AttemptTools) {
    this.tools = tools;
  }

  /** Takes a completed request, unless another copy is in progress. @param latencyMs of the version itself, without queue and hand-off */
  offer(live: SettledAttempt, status: number, latencyMs: number): void {
    const { assigned, request, route } = live;
    const version = assigned?.shadowOn;
    if (!assigned || !version || !request || this.isClosing || !isComparable(status)) return;
    if (this.running.has(route.endpointId)) {
      this.drop(live, version, "busy");
      return;
    }
    const side = { status, latencyMs, isInvalid: assigned.isInvalid, outputs: assigned.outputs };
    const copy = { live, assigned, request, version, side, offeredAt: performance.now() };
    const done = this.follow(copy).finally(() => this.running.delete(route.endpointId));
    this.running.set(route.endpointId, done);
  }

  /** Starts no more copies, and waits for those in progress. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.running.values());
  }

  private async follow(copy: Copy): Promise<void> {
    const { live, version, offeredAt } = copy;
    do {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (this.isClosing || version.state !== "ready" || !version.opened) return this.drop(live, version, "gone");
      if (isIdle(version) && isIdle(live.answering)) return this.run(copy);
    } while (performance.now() - offeredAt < timeoutMs);
    this.drop(live, version, "busy");
  }

  private async run({ live, assigned, request, side, version }: Copy): Promise<void> {
    const { route, lease: original, caller } = live;
    const watch = Assigned.ofCopy(assigned);
    const attempt = new Attempt(
      { endpoint: { route, wanted: version, serving: version, kept: [], trials: [] }, version },
      { lease: new RequestLease("shadow", original.label, original), caller },
      this.tools,
      // The same values, or the two versions would differ by chance.
      { assigned: watch, lookUps: live.lookUps },
    );
    const outcome = await attempt
      .run({ ...request, priority: backgroundPriority, timeoutMs: undefined }, () => false)
      .then((): Outcome => ({ status: 200, reason: "" }), outcomeOfCopy);
    const totalMs = performance.now() - attempt.startedAt;
    const parts = partsOf(attempt, totalMs);
    await attempt.settle(outcome);
    if (!isComparable(outcome.status)) return this.drop(live, version, outcome.reason);
    const { isInvalid, outputs: prediction } = watch;
    const latencyMs = parts ? ownLatencyMs(parts) : totalMs;
    const other = { status: outcome.status, latencyMs, isInvalid, outputs: prediction };
    const [stable, canary] = assigned.arm === "stable" ? [side, other] : [other, side];
    assigned.pair(pairPeeks(stable, canary, assigned.rollout));
  }

  private drop({ route }: SettledAttempt, version: LoadedModel, reason: string): void {
    const provider = version.opened?.provider ?? "none";
    this.tools.shadowCounters.of(route, version, provider).metrics.dropShadow(reason);
  }
}

function isIdle({ opened }: LoadedModel): boolean {
  if (!opened) return false;
  const { queued, running } = opened.pool.state;
  return queued + running === 0;
}
