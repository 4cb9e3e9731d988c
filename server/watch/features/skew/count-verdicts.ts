import { noSkew } from "./add-counts.ts";
import type { SkewComparison, ViewSkewTally } from "./contract.ts";
import type { ValueVerdict } from "./judge-value.ts";

/** Where a value was served: by which endpoint, and as which feature of which version of the view. */
export interface ServedPlace {
  endpointId: string;
  version: number;
  feature: string;
}

/** Counts verdicts by endpoint, version, feature and comparison. */
export class VerdictCounts {
  private readonly tallies = new Map<string, ViewSkewTally>();

  add(place: ServedPlace, verdict: ValueVerdict): void {
    const tally = this.tallyOf(place, verdict.comparison);
    tally.compared += 1;
    if (verdict.cause !== "request") {
      tally.differenceSum += verdict.difference;
      tally.magnitudeSum += verdict.magnitude;
    }
    if (verdict.cause === null) return;
    tally.mismatched += 1;
    tally.causes[verdict.cause] = (tally.causes[verdict.cause] ?? 0) + 1;
    if (verdict.cause === "request") return;
    if (verdict.isMissing) tally.missing += 1;
    if (verdict.isExtra) tally.extra += 1;
  }

  all(): ViewSkewTally[] {
    return [...this.tallies.values()];
  }

  private tallyOf({ endpointId, version, feature }: ServedPlace, comparison: SkewComparison): ViewSkewTally {
    const key = `${endpointId} ${version} ${comparison} ${feature}`;
    const known = this.tallies.get(key);
    if (known) return known;
    const tally = { endpointId, version, feature, comparison, ...noSkew() };
    this.tallies.set(key, tally);
    return tally;
  }
}
