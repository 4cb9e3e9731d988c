import { type Acknowledgement, failingLeaks, type TrainingSetWarning } from "./contract.ts";

/** Returns the findings of a leak check that need a reason and have none. */
export function unacknowledgedLeaks(
  warnings: readonly TrainingSetWarning[],
  acknowledged: readonly Acknowledgement[],
): TrainingSetWarning[] {
  return warnings.filter(
    (warning) =>
      (failingLeaks as readonly string[]).includes(warning.kind) &&
      !acknowledged.some((each) => isSameLeak(each, warning)),
  );
}

type Leak = Pick<TrainingSetWarning, "kind" | "view" | "feature" | "frozenSet">;

/** Returns whether a reason is about a finding. */
export function isSameLeak(one: Leak, other: Leak): boolean {
  return (
    one.kind === other.kind &&
    one.view === other.view &&
    one.feature === other.feature &&
    one.frozenSet?.dataset === other.frozenSet?.dataset &&
    one.frozenSet?.digest === other.frozenSet?.digest
  );
}

/** Says in one sentence each what the leak check found. */
export function describeLeaks(leaks: readonly TrainingSetWarning[]): string {
  const found = leaks.map(({ kind, view, feature, frozenSet, count, auc }) => {
    switch (kind) {
      case "predicts-label":
        return `${feature} predicts the label alone (AUC ${(auc ?? 1).toFixed(3)})`;
      case "later-than-label":
        return `${count} values of ${view} are later than the label`;
      case "in-frozen-set":
        return `${count} rows are in the frozen set ${frozenSet?.dataset} ${frozenSet?.digest}`;
      default:
        return `${count} rows have the keys and time of a row in another split`;
    }
  });
  return `The leak check failed: ${found.join("; ")}. Acknowledge each with a reason, or change the request.`;
}
