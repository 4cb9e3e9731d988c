import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import { median } from "#server/stats/robust.ts";
import { type CheckResult, checkOf } from "../contract.ts";

/** Requests of an hour, and of the same hour in the past. */
export interface HourVolume {
  /** Milliseconds since 1970. */
  start: number;
  requests: number;
  /** Same hour, one and more weeks ago, newest first; only weeks in which the endpoint was there. */
  weeksAgo: number[];
  /** Same hour of the days before. */
  daysAgo: number[];
}

/** Requests of the last minutes, newest first. */
export interface RecentVolume {
  /** Requests in the last 5, 15 and 60 minutes, by minutes; those in which gateways ran. */
  last: ReadonlyMap<number, number>;
  /** The hour that it is now, for what is usual. */
  hour: HourVolume;
}

const [least, most] = [0.5, 2];
/** Below this number of requests per hour, half or twice as many are within chance. */
const minTypical = 30;
const [minWeeks, minDays] = [3, 3];

/**
 * Returns an hour's usual volume: the median of the same hour of the week over 4 weeks, or of the same hour of the day without enough
 * weeks.
 */
export function usualOf({ weeksAgo, daysAgo }: HourVolume): number | null {
  if (weeksAgo.length >= minWeeks) return median(weeksAgo);
  return daysAgo.length >= minDays ? median(daysAgo) : null;
}

/**
 * Checks whether the number of requests is far from usual: outside of half to twice the median in two consecutive hours
 * (docs/spec/drift.md section 10). @param hours the last two complete hours, newest first
 */
export function checkVolume(hours: readonly [HourVolume, HourVolume]): CheckResult {
  const [newest, before] = hours;
  const named = { check: "volume" as const, feature: "", rows: newest.requests };
  const usual = hours.map(usualOf);
  const [now, then] = usual;
  if (now == null || then == null) {
    const words = "The normal volume is known after three days, by hour of day.";
    return checkOf({ ...named, state: "unknown", words });
  }
  const evidence = { requests: hours.map(({ requests }) => requests), usual };
  const words = `${formatCount(newest.requests)} requests in the last hour, normally ${formatSignificant(now, 4)}`;
  if (Math.min(now, then) < minTypical) {
    return checkOf({
      ...named,
      state: "unknown",
      evidence,
      words: `${words}: too few to detect a change.`,
    });
  }
  const ratios = hours.map(({ requests }, index) => requests / (usual[index] as number));
  const [ratio] = ratios as [number, number];
  const isBroken = ratios.every((one) => one > most) || ratios.every((one) => one < least);
  const how = `${formatSignificant(ratio, 2)} times the normal volume for two hours`;
  return checkOf({
    ...named,
    state: isBroken ? "broken" : "whole",
    share: ratio,
    usual: 1,
    line: ratio < 1 ? least : most,
    severity: isBroken ? "ticket" : null,
    words: isBroken ? `${words}: ${how} (${before.requests} before).` : `${words}.`,
    evidence: { ...evidence, reach: 1 },
  });
}

/** In a span in which so many requests usually come, none by chance has a probability of e^(−30). */
const minExpectedCount = 30;

/** Returns the check of traffic or volume while gateways do not report: their requests are not counted yet. */
export function uncounted(check: "no traffic" | "volume"): CheckResult {
  const words = "A gateway has not reported its counts, so requests may be missing here.";
  return checkOf({ check, feature: "", state: "unknown", rows: 0, words });
}

/** Returns the check of traffic or volume over a time in which no gateway ran: requests could not come. */
export function notServed(check: "no traffic" | "volume"): CheckResult {
  const words = "No gateway ran for a part of the time, so requests are missing in it.";
  return checkOf({ check, feature: "", state: "unknown", rows: 0, words });
}

/** Checks whether traffic has stopped, reported as soon as it cannot be chance. Only after an hour with actual or usual traffic. */
export function checkTraffic({ last, hour }: RecentVolume): CheckResult {
  const named = { check: "no traffic" as const, feature: "" };
  if (last.size === 0) return notServed("no traffic");
  const usual = usualOf(hour);
  const spans = [...last].sort(([a], [b]) => a - b);
  const [minutes = 0, requests = 0] =
    spans.find(([span]) => usual !== null && (usual * span) / 60 >= minExpectedCount) ?? spans.at(-1) ?? [];
  if (usual === null || (usual * minutes) / 60 < minExpectedCount) {
    const words =
      usual === null ? "The normal volume is unknown so far." : "Normal traffic is too low to detect missing requests.";
    return checkOf({ ...named, state: "unknown", rows: requests, words });
  }
  const expected = (usual * minutes) / 60;
  const isBroken = requests === 0;
  return checkOf({
    ...named,
    state: isBroken ? "broken" : "whole",
    rows: requests,
    usual: expected,
    severity: isBroken ? "page" : null,
    words: isBroken
      ? `No requests in ${minutes} minutes, normally ${formatSignificant(expected, 3)}.`
      : `${formatCount(requests)} requests in the last ${minutes} minutes.`,
    evidence: isBroken ? { minutes, expected, reach: 1 } : {},
  });
}
