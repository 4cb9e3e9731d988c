import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { TrainingSet, TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";

type Cutoff = TrainingSet["request"]["views"][number]["cutoff"];

export const cutoffLabels: Record<Cutoff, string> = {
  created: "created",
  arrival: "arrival",
  event: "event time only",
};

/** Describes the cut-offs of a training set: one for all, or each view with its own. */
export function describeCutoff({ views }: Pick<TrainingSet["request"], "views">): string {
  const different = new Set(views.map(({ cutoff }) => cutoff));
  const [only] = different;
  if (only !== undefined && different.size === 1) return cutoffLabels[only];
  return views.map(({ view, cutoff }) => `${view}: ${cutoffLabels[cutoff]}`).join(", ");
}

interface WarningText {
  title: string;
  explanation: string;
  /** Whether it makes the training set better than what serves, or only worse. */
  isLeak: boolean;
}

/** Describes a finding of the leak check. */
export function describeWarning({
  kind,
  view,
  feature,
  auc,
}: Pick<TrainingSetWarning, "kind" | "view" | "feature" | "auc">): WarningText {
  const texts: Record<TrainingSetWarning["kind"], WarningText> = {
    nulls: {
      title: `${feature ?? view} is null`,
      explanation: "No value that counts at the time of the row",
      isLeak: false,
    },
    "unknown-keys": { title: `Keys that ${view} does not have`, explanation: "No row was ever written", isLeak: false },
    "created-later": {
      title: `Values of ${view} from after the row`,
      explanation: "Created later than the time of the row",
      isLeak: true,
    },
    "arrived-later": {
      title: `Values of ${view} that arrived later`,
      explanation: "Leeway could not have served them at the time of the row",
      isLeak: false,
    },
    "predicts-label": {
      title: `${feature} predicts the label alone`,
      explanation: `AUC ${(auc ?? 1).toFixed(3)}, at most 0.98 expected`,
      isLeak: true,
    },
    "later-than-label": {
      title: `Values of ${view} from after the label`,
      explanation: "Event time later than the time of the label",
      isLeak: true,
    },
    "in-two-splits": {
      title: "Equal rows in two splits",
      explanation: "Same keys and the same time in more than one split",
      isLeak: true,
    },
  };
  return texts[kind];
}

/** Formats a finding's rows: "12 of 4,000 rows, 0.3%". */
export function countOfWarning({ count, share }: Pick<TrainingSetWarning, "count" | "share">): string {
  return `${plural(count, "row")}, ${formatPercent(share)}`;
}

/** Says what became of a training set, or how far it is. */
export function describeTrainingSet(set: TrainingSet): string {
  const { state, rowsDone, rowsTotal, request, warnings, problem } = set;
  const features = plural(request.features.length, "feature");
  const leaks = warnings.filter((warning) => describeWarning(warning).isLeak).length;
  if (state === "held") return `On hold. ${problem ?? "The leak check failed."}`;
  if (state === "failed") return problem ?? "The training set failed.";
  if (state === "cancelled") return "Cancelled before it was finished. No dataset version was created.";
  if (state === "waiting") return problem === null ? `Queued: ${features} to join.` : `Queued again: ${problem}`;
  if (state === "running")
    return rowsTotal === null
      ? `Joining ${features}.`
      : `${formatCount(rowsDone)} of ${plural(rowsTotal, "row")} with ${features}.`;
  const found =
    leaks > 0
      ? `${leaks === 1 ? "1 check" : `${leaks} checks`} found a leak.`
      : warnings.length > 0
        ? "No leak found; some values are missing or late."
        : "No leak and no missing value found.";
  return `${plural(rowsDone, "row")} with ${features}. ${found}`;
}

/** Returns how long it took, or has taken at `now`; before it began "–". */
export function durationOf({ startedAt, endedAt }: Pick<TrainingSet, "startedAt" | "endedAt">, now: Date): string {
  return startedAt === null ? formatDuration(null) : formatDuration((endedAt ?? now).getTime() - startedAt.getTime());
}
