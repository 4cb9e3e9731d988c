import type { LookUpStatus } from "#server/develop/features/contract.ts";
import { isTooOld } from "#server/develop/features/look-up/judge-row.ts";
import type { FoundFeature } from "#server/develop/features/pinned/answer-pinned.ts";

/** Returns a feature as if its rows had been written earlier: some of them then are too old. @param byUs microseconds */
export function agedFeature(found: FoundFeature, byUs: number): FoundFeature {
  const { view, statuses } = found;
  const ageUs = view.ageUs.map((age) => (age === null ? null : age + byUs));
  return {
    ...found,
    view: { ...view, ageUs },
    statuses: statuses.map((status, row): LookUpStatus => {
      const age = ageUs[row] ?? null;
      const isFound = status !== "NOT_FOUND" && age !== null;
      return isFound && isTooOld(age, view.ttlUs) ? "OUTSIDE_MAX_AGE" : status;
    }),
  };
}
