import { wilsonInterval } from "#server/stats/proportion.ts";
import { quantileIntervals } from "#server/stats/quantile-interval.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import { type Measured, minSegmentRows, type SegmentMetric, segmentMetrics } from "./contract.ts";

/** Request of the log's representative sample. Times ascend. */
export interface SampledRequest {
  status: number;
  latencyMs: number;
  confidence: number | null;
  isCorrect: boolean | null;
}

/** Measures one segment of the traffic with 95% intervals; a metric with fewer than 30 requests is null. */
export function measureSegment(requests: readonly SampledRequest[]): Record<SegmentMetric, Measured> {
  const answered = requests.filter(({ status }) => status === 200);
  const labelled = answered.flatMap(({ isCorrect }) => (isCorrect === null ? [] : [isCorrect]));
  const confident = answered.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]));
  return {
    failed: shareOf(requests.filter(({ status }) => status >= 500).length, requests.length),
    right: shareOf(labelled.filter(Boolean).length, labelled.length),
    p95: p95Of(answered.map(({ latencyMs }) => latencyMs)),
    confidence: meanOf(confident),
  };
}

/** Returns the metrics whose intervals do not overlap, which means that they differ beyond chance. */
export function differingMetrics(
  a: Record<SegmentMetric, Measured>,
  b: Record<SegmentMetric, Measured>,
): SegmentMetric[] {
  return segmentMetrics.filter((metric) => {
    const [one, other] = [a[metric], b[metric]];
    if (one.low === null || one.high === null || other.low === null || other.high === null) return false;
    return one.low > other.high || other.low > one.high;
  });
}

const tooFew = (count: number): Measured => ({ value: null, low: null, high: null, count });

function shareOf(part: number, count: number): Measured {
  if (count < minSegmentRows) return tooFew(count);
  const share = part / count;
  return { value: share, ...wilsonInterval({ share, count }), count };
}

function p95Of(latencies: readonly number[]): Measured {
  const [estimate] = quantileIntervals(latencies, [0.95]);
  if (latencies.length < minSegmentRows || !estimate) return tooFew(latencies.length);
  return { ...estimate, count: latencies.length };
}

function meanOf(values: readonly number[]): Measured {
  const count = values.length;
  if (count < minSegmentRows) return tooFew(count);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const { low, high } = meanInterval({ count, mean, deviation }) ?? { low: mean, high: mean };
  return { value: mean, low, high, count };
}
