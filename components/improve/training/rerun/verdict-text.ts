import { formatNumber, formatPercent, noValue, plural } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type {
  MetricVerdict,
  RecordDifference,
  Reproducibility,
  Verdict,
} from "#server/improve/training/reproducibility/contract.ts";

/** Word of each verdict on an exact re-run. */
export const verdictLabels: Readonly<Record<Verdict, string>> = {
  "bit-equal": "Bit-equal",
  "equal-metrics": "Equal metrics",
  "within-noise": "Within noise",
  "not-enough-repeats": "Too few repeats",
  differs: "Differs",
  "nothing-to-compare": "Nothing to compare",
};

/** Icon of a verdict. That an edited job differs is what it was edited for. */
export function verdictState(verdict: Verdict, isExact: boolean): State {
  if (verdict === "differs") return isExact ? "missed" : "no-data";
  return verdict === "not-enough-repeats" || verdict === "nothing-to-compare" ? "no-data" : "on-target";
}

const metricLabels: Readonly<Record<MetricVerdict["verdict"], string>> = {
  equal: "equal",
  "within-noise": "within noise",
  "not-enough-repeats": "too few repeats",
  differs: "differs",
};

/** Says in a sentence how equal a re-run came out, and by what. */
export function describeVerdict({ verdict, files, metrics, repeats }: Omit<Reproducibility, "original">): string {
  const kind = files?.kind === "checkpoint" ? "newest checkpoint" : "model";
  const unequal = metrics.filter((each) => each.verdict !== "equal");
  const bytes =
    files && files.different.length > 0
      ? ` ${plural(files.different.length, "file")} of ${files.count} of the ${kind} ${files.different.length === 1 ? "has" : "have"} other bytes.`
      : "";
  switch (verdict) {
    case "bit-equal":
      return `All files of the ${kind} have the same bytes (${plural(files?.count ?? 0, "file")}).`;
    case "equal-metrics":
      return `${metrics.length === 1 ? "Its metric is" : `All ${plural(metrics.length, "metric")} are`} equal to a millionth.${bytes}`;
    case "within-noise":
      return `${differ(unequal.length)}, by at most 3 standard deviations of ${plural(repeats, "other exact re-run")}.${bytes}`;
    case "not-enough-repeats":
      return `${differ(unequal.length)}. At least 3 other finished exact re-runs are needed to measure the noise; there ${repeats === 1 ? "is" : "are"} ${repeats}.${bytes}`;
    case "differs":
      return unequal.length > 0 ? `${differ(unequal.length)} by more than noise explains.${bytes}` : bytes.trim();
    default:
      return "The jobs have no metric, model or checkpoint in common.";
  }
}

const differ = (count: number) => `${plural(count, "metric")} ${count === 1 ? "differs" : "differ"}`;

/** A metric of both jobs, in words. */
export interface MetricRow {
  key: string;
  original: string;
  rerun: string;
  difference: string;
  /** Three standard deviations of the repeats. */
  noise: string;
  verdict: string;
  isEqual: boolean;
}

/** Lists metrics with their differences, those first that differ the most in words: what differs, what may be noise, what is equal. */
export function metricRows(metrics: readonly MetricVerdict[]): MetricRow[] {
  const order: MetricVerdict["verdict"][] = ["differs", "not-enough-repeats", "within-noise", "equal"];
  return metrics
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || a.key.localeCompare(b.key))
    .map(({ key, original, rerun, spread, verdict }) => ({
      key,
      original: exact(original),
      rerun: exact(rerun),
      difference: describeDifference(original, rerun),
      noise: spread === null ? noValue : `± ${formatNumber(3 * spread)}`,
      verdict: metricLabels[verdict],
      isEqual: verdict === "equal",
    }));
}

/** Six significant digits, since three would show two that differ as the same. */
function exact(value: number | null): string {
  return value === null ? noValue : String(Number(value.toPrecision(6))).replace("-", "\u2212");
}

function describeDifference(original: number | null, rerun: number | null): string {
  if (original === null || rerun === null) return noValue;
  const difference = rerun - original;
  if (difference === 0) return "0";
  const sign = difference > 0 ? "+" : "\u2212";
  const percent = original === 0 ? "" : formatPercent(Math.abs(difference / original));
  const share = percent === "" ? "" : percent.startsWith("<") ? ` (${percent})` : ` (${sign}${percent})`;
  return `${sign}${formatNumber(Math.abs(difference))}${share}`;
}

/** What of a job's record differs, as people say it. */
export const partLabels: Readonly<Record<RecordDifference["part"], string>> = {
  code: "Code",
  command: "Command",
  parameters: "Parameter",
  seed: "Seed",
  data: "Data",
  image: "Image",
  resources: "Machines",
  packages: "Package",
  environment: "Environment",
  determinism: "Determinism",
  hardware: "Hardware",
  attempts: "Attempts",
};
