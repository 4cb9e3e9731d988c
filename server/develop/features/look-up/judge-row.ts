import type { LookUpStatus, StoreValue } from "../contract.ts";

/** Returns the age of a value when it is served, in microseconds. A writer's clock may be ahead, but no value is younger than new. */
export function ageOf(eventAt: number, servedAt: number): number {
  return Math.max(0, servedAt - eventAt);
}

/** Returns whether a value is too old to count. A value as old as the limit counts. @param ttlUs null or 0 for no limit */
export function isTooOld(ageUs: number, ttlUs: number | null): boolean {
  return ttlUs !== null && ttlUs > 0 && ageUs > ttlUs;
}

/**
 * Decides what a caller gets of a stored value. Clients of Feast do not show the status beside the value, so a value that does not count is
 * withheld unless the view says otherwise. An empty list is no value for them.
 */
export function judgeValue(
  stored: StoreValue,
  { tooOld, stale }: { tooOld: boolean; stale: "null" | "serve" },
): { value: StoreValue; status: LookUpStatus } {
  const value = Array.isArray(stored) && stored.length === 0 ? null : stored;
  if (tooOld) return { value: stale === "serve" ? value : null, status: "OUTSIDE_MAX_AGE" };
  return { value, status: value === null ? "NULL_VALUE" : "PRESENT" };
}
