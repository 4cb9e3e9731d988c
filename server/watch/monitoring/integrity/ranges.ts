import { dayMs, hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import type { IntegrityRange } from "./contract.ts";

const rangeMs: Record<IntegrityRange, number> = {
  "1h": hourMs,
  "6h": 6 * hourMs,
  "24h": dayMs,
  "7d": weekMs,
  "30d": 30 * dayMs,
};

/** Step of a chart over the range: 12 to 30 steps. */
const stepMs: Record<IntegrityRange, number> = {
  "1h": 5 * minuteMs,
  "6h": 15 * minuteMs,
  "24h": hourMs,
  "7d": 6 * hourMs,
  "30d": dayMs,
};

/** Steps from narrow to wide, for ranges between two moments. */
const steps = Object.values(stepMs);
const maxSteps = 30;
const maxMs = rangeMs["30d"];

interface IntegritySpan {
  from: Date;
  to: Date;
  /** Step of a chart, in milliseconds. */
  stepMs: number;
  /** The moment at which a range between two moments ends; undefined for one that ends now. */
  endedAt: Date | undefined;
}

/** Returns the span that a query asks for. @param now milliseconds since 1970 @throws DomainError "invalid" for a start that is not before the end */
export function spanOf(
  query: { range: IntegrityRange; from?: Date | undefined; to?: Date | undefined },
  now: number,
): IntegritySpan {
  const { range, from, to } = query;
  if (!from || !to) {
    return { from: new Date(now - rangeMs[range]), to: new Date(now), stepMs: stepMs[range], endedAt: undefined };
  }
  const start = Math.max(from.getTime(), to.getTime() - maxMs);
  if (!(start < to.getTime())) throw new DomainError("invalid", "The start must be before the end.", { field: "to" });
  const step = steps.find((each) => (to.getTime() - start) / each <= maxSteps) ?? dayMs;
  return { from: new Date(start), to, stepMs: step, endedAt: to };
}
