import { DomainError } from "#server/base/errors.ts";
import type { MonitorSettings } from "../contract.ts";

/** What each part allows by itself, but not together. @throws DomainError "invalid" */
export function refuseSettings({ lengths, segmentBy, limits }: MonitorSettings): void {
  if (new Set(lengths).size < lengths.length) {
    throw new DomainError("invalid", "Duplicate window length.", { field: "lengths" });
  }
  if (new Set(segmentBy).size < segmentBy.length) {
    throw new DomainError("invalid", "Duplicate input or tag.", { field: "segmentBy" });
  }
  for (const [feature, { min, max }] of Object.entries(limits)) {
    if (min === null || max === null || min < max) continue;
    throw new DomainError("invalid", `The lower limit of "${feature}" must be below the upper limit.`, {
      field: "limits",
    });
  }
}
