import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import {
  failingLeaks,
  type TimeSplit,
  type TrainingSet,
  type TrainingSetWarning,
} from "#server/develop/features/training-sets/contract.ts";

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
}

/** Describes a finding of the leak check. */
export function describeWarning({
  kind,
  view,
  feature,
  frozenSet,
}: Pick<TrainingSetWarning, "kind" | "view" | "feature" | "frozenSet">): WarningText {
  const texts: Record<TrainingSetWarning["kind"], WarningText> = {
    nulls: { title: `${feature ?? view} is null`, explanation: "No valid value at the time of the row" },
    "unknown-keys": { title: `Keys missing in ${view}`, explanation: "No row has been written" },
    "created-later": {
      title: `Values of ${view} from after the row`,
      explanation: "Created later than the time of the row",
    },
    "arrived-later": {
      title: `Values of ${view} that arrived later`,
      explanation: "Could not have been served at the time of the row",
    },
    "predicts-label": {
      title: `${feature} predicts the label alone`,
      explanation: "It may contain the label; AUC above 0.98",
    },
    "later-than-label": {
      title: `Values of ${view} from after the label`,
      explanation: "Event time later than the time of the label",
    },
    "in-two-splits": {
      title: "Equal rows in two splits",
      explanation: "Same keys and the same time in more than one split",
    },
    "in-frozen-set": {
      title: `Rows of the frozen set ${frozenSet ? nameOfVersion(frozenSet) : ""}`,
      explanation: "Same keys and the same time",
    },
  };
  return texts[kind];
}

/** Names a version of a dataset: "payments-audit 4be10508". */
export function nameOfVersion({ dataset, digest }: { dataset: string; digest: string }): string {
  return `${dataset} ${digest.slice(0, 8)}`;
}

/** Describes parts of the rows by their time, in UTC: "train to 2026-04-19, test to 2026-04-28 06:00, rest". */
export function describeTimeSplit({ parts }: Pick<TimeSplit, "parts">): string {
  return parts.map(({ name, until }) => (until === undefined ? name : `${name} to ${instantOf(until)}`)).join(", ");
}

/** Without zeros at its end that say nothing. */
function instantOf(time: string): string {
  return new Date(time)
    .toISOString()
    .replace(/(T00:00)?(:00)?(\.000)?Z$/, "")
    .replace("T", " ");
}

/** Returns whether a finding needs a reason before there is a dataset version. */
export function isFailing({ kind }: Pick<TrainingSetWarning, "kind">): boolean {
  return (failingLeaks as readonly string[]).includes(kind);
}

/** Returns the failed checks of a training set. */
export function failuresOf({ warnings }: Pick<TrainingSet, "warnings">): TrainingSetWarning[] {
  return warnings.filter(isFailing);
}

/** Formats a finding's rows: "12 of 4,000 rows, 0.3%". */
export function countOfWarning({ count, share }: Pick<TrainingSetWarning, "count" | "share">): string {
  return `${plural(count, "row")}, ${formatPercent(share)}`;
}

/** Says what became of a training set, or how far it is. */
export function describeTrainingSet(set: TrainingSet): string {
  const { state, rowsDone, rowsTotal, request, warnings, problem } = set;
  const features = plural(request.features.length, "feature");
  const failed = failuresOf(set).length;
  if (state === "held") {
    const left = set.unacknowledgedLeaks.length;
    return `${left === 1 ? "1 failed check needs" : `${left} failed checks need`} a reason before the dataset version is created.`;
  }
  if (state === "failed") return problem ?? "The training set failed.";
  if (state === "cancelled") return "Cancelled before it finished. No dataset version was created.";
  if (state === "waiting") return problem === null ? `Queued: ${features} to join.` : `Queued again: ${problem}`;
  if (state === "running")
    return rowsTotal === null
      ? `Joining ${features}.`
      : `${formatCount(rowsDone)} of ${plural(rowsTotal, "row")} with ${features}.`;
  const found =
    failed > 0
      ? `${failed === 1 ? "1 failed check was" : `${failed} failed checks were`} accepted with a reason.`
      : warnings.length > 0
        ? "No check failed; some values are missing or late."
        : "No check failed, and no value is missing.";
  return `${plural(rowsDone, "row")} with ${features}. ${found}`;
}

/** Returns how long it took, or has taken at `now`; before it began "–". */
export function durationOf({ startedAt, endedAt }: Pick<TrainingSet, "startedAt" | "endedAt">, now: Date): string {
  return startedAt === null ? formatDuration(null) : formatDuration((endedAt ?? now).getTime() - startedAt.getTime());
}

/** Describes where the rows come from: "payments 4be10508", "predictions from 15 Mar 2026". */
export function describeRows({ rows, resolvedRows }: Pick<TrainingSet["request"], "rows" | "resolvedRows">): string {
  if ("digest" in rows) return nameOfVersion(rows);
  if ("upload" in rows) return resolvedRows ? nameOfVersion(resolvedRows) : `upload to ${rows.dataset}`;
  return `predictions from ${rows.from.slice(0, 10)} to ${rows.to.slice(0, 10)}`;
}
