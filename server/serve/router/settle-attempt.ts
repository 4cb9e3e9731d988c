import { costOfRequest } from "../capture/cost.ts";
import { deviceMsOf, type MeteredRequest } from "../capture/device-ms.ts";
import { latencyParts, ownLatencyMs } from "../capture/latency-parts.ts";
import { cascadeCounts } from "../cascade/cascade-counts.ts";
import { lookedUpAgeMs } from "../features/by-key/describe-look-up.ts";
import type { LatencyParts } from "../predictions/contract.ts";
import { eventTime } from "../telemetry/event-time.ts";
import { featureAge } from "../telemetry/feature-age.ts";
import { violationKey } from "../telemetry/window-counts.ts";
import type { RequestTrace } from "../tracing/tracing.ts";
import type { CountKey } from "../windows/count-key.ts";
import type { Outcome, SettledAttempt } from "./attempt-parts.ts";
import type { RequestCounters } from "./request-counters.ts";
import { requestCost } from "./rollout/request-cost.ts";

/**
 * Counts a completed request, and stores it in the prediction log when it failed or was selected. Both are on disk when the promise
 * resolves.
 */
export function settleAttempt(attempt: SettledAttempt, outcome: Outcome): Promise<void> {
  const { assigned, lease, result, route, tools, trace } = attempt;
  const { source } = attempt.source;
  const { isCountedOnly, cascade } = outcome;
  const latencyMs = performance.now() - attempt.startedAt;
  const observation = observationOf(attempt, outcome, latencyMs);
  const isPassedOn = cascade !== undefined && cascade.count !== "answered";
  const { key, metrics, statistics } = countersOf(attempt).of(route, attempt.answering, attempt.provider);
  const looksUp = route.cache.ttlSeconds !== null;
  const { reason } = outcome;
  metrics.observe(observation, { reason, looksUp, traceId: trace?.isKept ? trace.context.traceId : undefined });
  if (trace && !isPassedOn) endTrace(trace, attempt, key, outcome);
  if (lease.kind === "load-test") return Promise.resolve();
  const parts = partsOf(attempt, latencyMs);
  const ownMs = parts ? ownLatencyMs(parts) : undefined;
  if (lease.isAffected) assigned?.exclude();
  const cost = () => requestCost(pricesOf(attempt), meteredOf(attempt));
  assigned?.end(outcome.status, attempt.startedAt + latencyMs, cost, ownMs);
  const counted = tools.telemetry.observe(key, observation);
  if (assigned?.shadowOn) void counted.then(() => tools.shadows.offer(attempt, outcome.status, ownMs ?? latencyMs));
  if (outcome.status === 200 && !isPassedOn && !lease.isAffected) countFeatures(attempt, key);
  if (cascade?.count !== "tag" && lease.kind !== "shadow")
    statistics.observe({ ...observation, reason, looksUp, result });
  if (isCountedOnly || isPassedOn) return counted;
  const loggedReason = outcome.status === 200 ? attempt.whyKept : "failed";
  if (!loggedReason) return counted;
  const { caller, traceId, pipelineDigest } = attempt;
  tools.telemetry.keep({
    id: lease.id,
    ...key,
    at: new Date().toISOString(),
    requestId: lease.label,
    status: outcome.status,
    latencyMs,
    loggedReason,
    source,
    caller,
    traceId,
    pipelineDigest,
    cascade: cascade?.steps ?? null,
    rollout: assigned?.mark(lease) ?? null,
    gameDayId: lease.gameDay?.gameDayId ?? null,
    parts,
    batchRows: (source === "model" && result?.batch?.rows) || null,
    cost: costOfRequest(pricesOf(attempt), { ...meteredOf(attempt), source, steps: cascade?.steps }),
    eventAt: eventTime(reportedTimes(attempt)),
    ...attempt.record().finish(attempt.lookedUp?.request ?? attempt.request, outcome.status, outcome.error),
    features: attempt.lookedUp ? attempt.record().featuresOf(attempt.lookedUp) : null,
  });
  return counted;
}

function countFeatures(
  { tools, request, lookedUp, given, pictures, arrival, rows, lease }: SettledAttempt,
  key: CountKey,
): void {
  if (request && given.length > 0)
    tools.features.offer({
      key,
      request: lookedUp?.request ?? request,
      outputs: given,
      pictures,
      headers: arrival?.headers,
      rows,
      requestId: lease.id,
    });
}

function countersOf({ lease, tools }: SettledAttempt): RequestCounters {
  if (lease.kind === "load-test") return tools.loadTestCounters;
  return lease.kind === "shadow" ? tools.shadowCounters : tools.counters;
}

function observationOf(attempt: SettledAttempt, { status, cascade }: Outcome, latencyMs: number) {
  const { rows, violations, result } = attempt;
  const { limits } = attempt.route;
  const { source } = attempt.source;
  return {
    status,
    rows,
    latencyMs,
    queueMs: result?.queueMs ?? 0,
    computeMs: result?.runMs ?? 0,
    deviceMs: source === "model" ? deviceMsOf(meteredOf(attempt)) : 0,
    violations: violations.length === 0 ? [] : [...new Set(violations.map(violationKey))],
    limits,
    featureAgeMs: limits && limits.featureAgeMs.length > 0 ? ageOf(attempt) : undefined,
    sharedBy: source === "model" ? undefined : source,
    isTask: attempt.lease.kind === "task",
    cascade: cascade && cascadeCounts(cascade.count, source === "model" ? result : undefined),
  };
}

function meteredOf({ provider, rows, result, answering }: SettledAttempt): MeteredRequest {
  return { provider, rows, result, threads: answering.opened?.threads ?? 1 };
}

function pricesOf({ tools, route, provider }: SettledAttempt) {
  return tools.pricing.of(route, provider);
}

function ageOf(attempt: SettledAttempt): number | undefined {
  const { lookedUp } = attempt;
  return featureAge(reportedTimes(attempt), Date.now()) ?? (lookedUp && lookedUpAgeMs(lookedUp));
}

function reportedTimes({ arrival, request }: SettledAttempt) {
  return { headers: arrival?.headers, parameters: request?.parameters };
}

/** Returns the parts of a request's time; null unless the model itself answered. */
export function partsOf(attempt: SettledAttempt, latencyMs: number): LatencyParts | null {
  const { result, source, startedAt, boundAt, answeredAt } = attempt;
  if (!result || source.source !== "model") return null;
  return latencyParts(result, { startedAt, boundAt, answeredAt, endedAt: startedAt + latencyMs });
}

function endTrace(trace: RequestTrace, attempt: SettledAttempt, key: CountKey, { status, error }: Outcome): void {
  const { result, lease, modelVersion: version } = attempt;
  const { workspaceSlug: workspace, name: endpoint } = attempt.route;
  trace.end({
    ...key,
    status,
    error,
    workspace,
    endpoint,
    requestId: lease.label,
    gameDay: lease.gameDay?.name,
    source: attempt.source.source,
    model: attempt.answering.model.modelName,
    version,
    run: result?.batch && { ...result, batch: result.batch },
  });
}
