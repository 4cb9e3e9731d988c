import { type NotificationTimes, reportedAt } from "./reported-at.ts";

const madeAt = { header: "leeway-features-at", parameter: "features_at" };

/**
 * How old the features of a request are, by the header or else the parameter that says when they were made.
 * @param now milliseconds since 1970 @returns milliseconds, at least 0; undefined where the caller does not say
 */
export function featureAge(reported: NotificationTimes, now: number): number | undefined {
  const at = reportedAt(reported, madeAt);
  return at === undefined ? undefined : Math.max(0, now - at);
}
