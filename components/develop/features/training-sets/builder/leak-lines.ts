import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { TrainingSetCheck, TrainingSetWarning } from "#server/develop/features/training-sets/contract.ts";
import { describeWarning, isFailing } from "../training-set-text.ts";
import { keyOfLeak } from "./draft.ts";

export interface LeakLine {
  key: string;
  state: State;
  title: string;
  detail: string;
  /** The number at the right: "AUC 0.991", "0 of 4,000". */
  value: string;
  /** The finding that needs a reason. */
  leak?: TrainingSetWarning;
}

/** What the request names; a check without its column cannot fail. */
interface CheckedColumns {
  label: boolean;
  labelTime: boolean;
  split: boolean;
  /** Names of the frozen sets. */
  frozenSets: readonly string[];
}

/** Returns the lines of a leak check: failed ones first, then what is missing or late, then what passed. */
export function leakLines(check: TrainingSetCheck, columns: CheckedColumns): LeakLine[] {
  const { warnings } = check;
  const has = (wanted: TrainingSetWarning["kind"]) => warnings.some(({ kind }) => kind === wanted);
  const found = warnings.map((warning): LeakLine => {
    const { title, explanation } = describeWarning(warning);
    const failed = isFailing(warning);
    return {
      key: keyOfLeak(warning),
      state: failed ? "missed" : "watch",
      title,
      detail: explanation,
      value: warning.auc === undefined ? countText(warning) : `AUC ${warning.auc.toFixed(3)}`,
      ...(failed && { leak: warning }),
    };
  });
  const passed: LeakLine[] = [];
  const pass = (key: string, title: string, detail: string, value: string, isChecked = true) =>
    passed.push({
      key,
      title,
      detail,
      state: isChecked ? "on-target" : "no-data",
      value: isChecked ? value : "not checked",
    });
  if (!has("created-later")) {
    const value = `0 of ${formatCount(check.values)}`;
    pass("after-row", "No values from after the row", "By event time and created time", value);
  }
  if (!has("predicts-label")) {
    const detail = columns.label ? "Each feature ranked alone" : "Choose the column with the label";
    pass("predicts", "No feature predicts the label alone", detail, "below 0.98", columns.label);
  }
  if (!has("later-than-label")) {
    const detail = columns.labelTime
      ? describeMargin(check.labelMarginUs)
      : "Choose the column with the time of the label";
    pass("after-label", "Labels after features", detail, "all", columns.labelTime);
  }
  if (!has("in-two-splits")) {
    const detail = columns.split ? "By join keys and time" : "Choose how rows are split";
    pass("splits", "No equal rows in two splits", detail, "0 rows", columns.split);
  }
  if (!has("in-frozen-set")) {
    const sets = columns.frozenSets;
    const detail =
      sets.length > 0 ? `${sets.join(", ")}; by join keys and time` : "Choose frozen versions that must not overlap";
    pass("frozen", "No overlap with frozen sets", detail, "0 rows", sets.length > 0);
  }
  const { files, arrivals } = check.history;
  const history = `${plural(files, "file")}, ${plural(arrivals, "row")} not packed; versions and cut-off are recorded`;
  pass("reproducible", "Reproducible", history, "same hash");
  const rank = ({ state }: LeakLine) => ["missed", "watch", "no-data", "on-target"].indexOf(state);
  return [...found, ...passed].toSorted((a, b) => rank(a) - rank(b));
}

function describeMargin(us: number | null): string {
  return us === null ? "No value was joined" : `Closest ${formatDuration(us / 1000)} later`;
}

function countText({ count, share, kind }: TrainingSetWarning): string {
  return kind === "nulls" || kind === "unknown-keys" ? formatPercent(share) : plural(count, "row");
}

/** Returns the findings that need a reason. */
export function failedLeaks(lines: readonly LeakLine[]): TrainingSetWarning[] {
  return lines.flatMap(({ leak }) => leak ?? []);
}

/** Says what the check found, for the sentence of the page. */
export function describeLeaks(lines: readonly LeakLine[]): string {
  const leaks = failedLeaks(lines);
  const predicting = leaks.filter(({ kind }) => kind === "predicts-label").length;
  if (leaks.length === 0) return "No check failed.";
  if (predicting === leaks.length) {
    return predicting === 1 ? "1 feature leaks the label." : `${formatCount(predicting)} features leak the label.`;
  }
  return leaks.length === 1 ? "1 check failed." : `${formatCount(leaks.length)} checks failed.`;
}
