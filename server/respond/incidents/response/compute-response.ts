import { formatDuration } from "#server/base/format-number.ts";
import type { ChangeCounts } from "#server/release/outcomes/count-changes.ts";
import type { IncidentState } from "../contract.ts";
import type { ResponseMetrics, Spread } from "./contract.ts";

/** Times in milliseconds since 1970. */
export interface RespondedIncident {
  state: IncidentState;
  isFoundByMachine: boolean;
  startedAt: number;
  detectedAt: number;
  /** First page; null without one. */
  pagedAt: number | null;
  acknowledgedAt: number | null;
  mitigatedAt: number | null;
  resolvedAt: number | null;
  /** Time at which the first change or note was marked as the probable cause. */
  hypothesisAt: number | null;
  impactMinutes: number;
  badEvents: number;
  customerMinutes: number | null;
}

/**
 * Computes the times to detect, acknowledge, resolve and understand incidents (docs/spec/alerting.md section 20). Excludes cancelled
 * ones, and counts ongoing ones only as a separate number.
 */
export function computeResponse(all: readonly RespondedIncident[], changes: ChangeCounts): ResponseMetrics {
  const over = all.filter(({ state }) => state === "resolved" || state === "closed");
  const customers = over.map(({ customerMinutes }) => customerMinutes).filter((minutes) => minutes !== null);
  const metrics = {
    incidents: over.length,
    open: all.filter(({ state }) => state === "triage" || state === "active" || state === "mitigated").length,
    detect: spreadOf(over.map(({ detectedAt, startedAt }) => detectedAt - startedAt)),
    // Who declares an incident knows of it: there is nothing to acknowledge, even if a page joins it.
    acknowledge: spreadOf(over.map((one) => (one.isFoundByMachine ? between(one.pagedAt, one.acknowledgedAt) : null))),
    restore: spreadOf(over.map(({ startedAt, mitigatedAt }) => between(startedAt, mitigatedAt))),
    resolve: spreadOf(over.map(({ startedAt, resolvedAt }) => between(startedAt, resolvedAt))),
    hypothesis: spreadOf(over.map(({ detectedAt, hypothesisAt }) => between(detectedAt, hypothesisAt))),
    detectedByMachine:
      over.length === 0 ? null : over.filter(({ isFoundByMachine }) => isFoundByMachine).length / over.length,
    impactMinutes: sum(over.map(({ impactMinutes }) => impactMinutes)),
    badEvents: sum(over.map(({ badEvents }) => badEvents)),
    customerMinutes: customers.length === 0 ? null : sum(customers),
    changes: { ...changes, rate: changes.total === 0 ? null : changes.failed / changes.total },
  };
  return { ...metrics, words: wordsOf(metrics) };
}

function wordsOf({ incidents, detect, acknowledge, restore }: Omit<ResponseMetrics, "words">): string {
  if (incidents === 0) return "No incidents were resolved in this period.";
  const parts = [
    detect && `detected in ${formatDuration(detect.median)}`,
    acknowledge && `acknowledged in ${formatDuration(acknowledge.median)}`,
    restore && `restored in ${formatDuration(restore.median)}`,
  ].filter(Boolean);
  const list = parts.join(", ");
  const of = incidents === 1 ? "one incident" : `median of ${incidents} incidents`;
  return `${list.charAt(0).toUpperCase()}${list.slice(1)} (${of}).`;
}

/** Returns the time between two moments, never negative: the clocks of event sources and of Leeway may differ a little. */
function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

/** Returns mean, median and 90th percentile, the latter two interpolated between the nearest values. */
export function spreadOf(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other);
  if (known.length === 0) return null;
  const at = (share: number) => {
    const index = share * (known.length - 1);
    const [low, high] = [known[Math.floor(index)] ?? 0, known[Math.ceil(index)] ?? 0];
    return low + (high - low) * (index - Math.floor(index));
  };
  return { count: known.length, mean: sum(known) / known.length, median: at(0.5), p90: at(0.9) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
