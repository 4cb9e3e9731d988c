import { dayMs } from "#server/base/durations.ts";
import { FeatureError } from "../feature-error.ts";

/** Tag of a view with the days for which its history is kept. A tag travels through Feast's registry. */
export const historyDaysTag = "leeway.history-days";

/**
 * Returns for how many days the history of a view is kept, by the event time of its rows; null: for ever.
 * @throws FeatureError "other" for a tag that is no whole number of days, or is less than the TTL: values that still count would be lost
 */
export function historyDaysOf({ tags, ttlUs }: { tags: Record<string, string>; ttlUs: number | null }): number | null {
  const text = tags[historyDaysTag];
  if (text === undefined) return null;
  const days = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
  if (days === undefined) throw invalid(`must be a whole number of days, not "${text}".`);
  if (ttlUs === null || ttlUs === 0) throw invalid("needs a TTL: without one, the oldest value still counts.");
  if (days * dayMs * 1000 >= ttlUs) return days;
  throw invalid(`must be at least the TTL of ${Math.ceil(ttlUs / (dayMs * 1000))} days; got ${days}.`);
}

function invalid(problem: string): FeatureError {
  return new FeatureError("invalid", "other", `The tag "${historyDaysTag}" ${problem}`);
}
