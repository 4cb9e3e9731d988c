import { type Acknowledgement, failingLeaks, type TrainingSetWarning } from "./contract.ts";

/** Returns the findings of a leak check that need a reason and have none. */
export function unacknowledgedLeaks(
  warnings: readonly TrainingSetWarning[],
  acknowledged: readonly Acknowledgement[],
): TrainingSetWarning[] {
  return warnings.filter(
    ({ kind, view, feature }) =>
      (failingLeaks as readonly string[]).includes(kind) &&
      !acknowledged.some((each) => each.kind === kind && each.view === view && each.feature === feature),
  );
}

/** Says in one sentence each what the leak check found. */
export function describeLeaks(leaks: readonly TrainingSetWarning[]): string {
  const found = leaks.map(({ kind, view, feature, count, auc }) => {
    switch (kind) {
      case "predicts-label":
        return `${feature} predicts the label alone (AUC ${(auc ?? 1).toFixed(3)})`;
      case "later-than-label":
        return `${count} values of ${view} are later than the label`;
      default:
        return `${count} rows have the keys and time of a row in another split`;
    }
  });
  return `The leak check failed: ${found.join("; ")}. Acknowledge each with a reason, or change the request.`;
}
