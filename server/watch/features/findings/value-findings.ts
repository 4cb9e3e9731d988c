import { percent } from "#server/base/format-number.ts";
import type { ValueChange } from "../values/find-value-change.ts";
import type { FoundViewFinding } from "./contract.ts";

/** Returns the finding of a feature whose values have changed. */
export function valueFinding(feature: string, change: ValueChange): FoundViewFinding {
  return {
    key: `values-changed:${feature}`,
    kind: "values-changed",
    feature,
    severity: "ticket",
    words: describeChange(feature, change),
    effect: effectOf(feature, change),
    advice:
      "Ask the owner of the source what has changed. If the change is intended, check the models that use the feature; this alert ends a week after the change.",
    section: "changed-values",
    alertname: "FeatureValuesChanged",
    evidence: { ...change },
  };
}

function describeChange(feature: string, change: ValueChange): string {
  switch (change.kind) {
    case "nulls":
      return `${percent(change.now)} of ${feature} is missing in what arrived last, ${percent(change.before)} in the week before.`;
    case "new-levels":
      return `${percent(change.now)} of ${feature} is ${change.levels.map((level) => `"${level}"`).join(", ")} in what arrived last, which the week before did not have.`;
    case "lost-level":
      return `No ${feature} is "${change.level}" in what arrived last; ${percent(change.before)} was in the week before.`;
  }
}

function effectOf(feature: string, change: ValueChange): string {
  switch (change.kind) {
    case "nulls":
      return `${percent(change.now)} of ${feature} is missing`;
    case "new-levels":
      return `${feature} has new levels`;
    case "lost-level":
      return `${feature} lost a level`;
  }
}
