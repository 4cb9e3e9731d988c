import { wilsonInterval } from "#server/stats/proportion.ts";
import type { KpiResult } from "./contract.ts";

interface Sum {
  events: number;
  value: number;
}

/** Requests of a version, and the events that followed them. */
export interface CountedEvents {
  requests: number;
  sampledRequests: number;
  /** Events whose request is in the random sample of the prediction log. */
  bySample: Sum;
  /** Events whose unit named the version, whether or not the log has a request. */
  byUnit: Sum;
}

type Rates = Pick<KpiResult, "eventsPer1000" | "low" | "high" | "valuePer1000">;
const unknown: Rates = { eventsPer1000: null, low: null, high: null, valuePer1000: null };

/**
 * Computes events per 1,000 requests, each kind of its own requests: of a request outside the sample no event is attributed, so events of
 * sampled requests say nothing about the others. Requests that the log has because they failed or were uncertain are no sample, and their
 * events count in no rate.
 */
export function eventRates({ requests, sampledRequests, bySample, byUnit }: CountedEvents): Rates {
  if (requests === 0 || (sampledRequests === 0 && bySample.events > 0)) return unknown;
  const per1000 = (bySampleSum: number, byUnitSum: number) =>
    1000 * ((bySampleSum === 0 ? 0 : bySampleSum / sampledRequests) + byUnitSum / requests);
  const interval = intervalOf({ requests, sampledRequests, bySample, byUnit });
  return {
    eventsPer1000: per1000(bySample.events, byUnit.events),
    low: interval ? interval.low * 1000 : null,
    high: interval ? interval.high * 1000 : null,
    valuePer1000: per1000(bySample.value, byUnit.value),
  };
}

/** Undefined where the ratio is not a share: a request may have several events, or events are of two kinds. */
function intervalOf({ requests, sampledRequests, bySample, byUnit }: CountedEvents) {
  if (bySample.events > 0 && byUnit.events > 0) return undefined;
  const [events, count] = byUnit.events > 0 ? [byUnit.events, requests] : [bySample.events, sampledRequests];
  return events <= count && count > 0 ? wilsonInterval({ share: events / count, count }) : undefined;
}
