import type { Cutoff } from "./plan-join.ts";

/**
 * Returns the time from which a row counts, beside its event time; null: from its event time on. A view without a created time is unaffected by
 * the cut-off "created": docs/spec/features.md section 13.
 * @param times expressions, null where the view has no such time
 */
export function knownTime(
  cutoff: Cutoff,
  { created, arrived }: { created: string | null; arrived: string | null },
): string | null {
  if (cutoff === "event") return null;
  return cutoff === "arrival" ? arrived : created;
}
