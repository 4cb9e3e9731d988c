import { type NotificationTimes, reportedAt } from "./reported-at.ts";

const madeAt = { header: "leeway-features-at", parameter: "features_at" };

/**
 * Computes the age of a request's features, by the header or else the parameter with the time of their creation.
 * @param now milliseconds since 1970 @returns milliseconds, at least 0; undefined if the caller sent none
 */
export function featureAge(reported: NotificationTimes, now: number): number | undefined {
  const at = reportedAt(reported, madeAt);
  return at === undefined ? undefined : Math.max(0, now - at);
}
