import { formatCount, formatPercent, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { money } from "#components/watch/cost/money-text.ts";
import type {
  EvaluationComparison,
  EvaluationMetric,
  PairedMetricResult,
} from "#server/release/evaluation/contract.ts";
import { differenceRange, differenceText, intervalText, valueText } from "./metric-text.ts";

const hourMs = 3_600_000;

const taskNames: Record<string, string> = {
  classification: "classification",
  multilabel: "multi-label",
  regression: "regression",
  forecast: "forecast",
  ranking: "ranking",
  transcription: "transcription",
  boxes: "boxes of pictures",
  spans: "spans of texts",
  anomaly: "anomaly detection",
};

/** Names a kind of task. */
export function taskName(kind: string): string {
  return taskNames[kind] ?? kind;
}

/** Describes the headline of an evaluation, with the difference to another version if there is one. */
export function headlineSentence(
  version: number,
  headline: EvaluationMetric,
  comparison?: { base: number; result: PairedMetricResult | undefined } | undefined,
): string {
  const { id, title, scale, value, interval } = headline;
  if (value === null) return `${title} of v${version} could not be computed.`;
  const isAccuracy = id === "accuracy";
  const start = isAccuracy
    ? `v${version} is correct on ${valueText(scale, value)} of rows`
    : `${title} of v${version} is ${valueText(scale, value)}`;
  const result = comparison?.result;
  if (!comparison || result?.difference === null || !result) {
    const range = intervalText(scale, interval);
    return range ? `${start} (${range}).` : `${start}.`;
  }
  const base = `v${comparison.base}`;
  switch (result.verdict) {
    case "better":
    case "worse": {
      const more = isAccuracy ? (result.verdict === "better" ? "more" : "less") : result.verdict;
      return `${start}, ${sizeText(result)} ${more} than ${base}${sizeRange(result)}.`;
    }
    case "insufficient-data":
      return `${start}. Too few rows to compare it with ${base}.`;
    default: {
      const range = differenceRange(scale, result.interval);
      const shown = differenceText(scale, result.difference);
      return `${start}. The difference to ${base} is inconclusive: ${shown}${range && ` (${range})`}.`;
    }
  }
}

/** Size of a difference without its sign. */
function sizeText({ scale, difference }: PairedMetricResult): string {
  const size = Math.abs(difference ?? 0);
  if (scale !== "proportion") return valueText(scale, size);
  const points = (size * 100).toFixed(1);
  return `${points} ${points === "1.0" ? "point" : "points"}`;
}

/** Interval of that size, lowest first. */
function sizeRange({ scale, difference, interval }: PairedMetricResult): string {
  if (!interval) return "";
  const sign = (difference ?? 0) < 0 ? -1 : 1;
  const ends = [interval.low * sign, interval.high * sign].toSorted((a, b) => a - b);
  return ` (${differenceRange(scale, { low: ends[0] as number, high: ends[1] as number })})`;
}

/** Says in which segments a version is worse, and where it gains most; undefined without segments that could be compared. */
export function segmentSentence(segments: EvaluationComparison["segments"]): string | undefined {
  const compared = segments.filter(({ result }) => result.verdict && result.verdict !== "insufficient-data");
  if (compared.length === 0) return undefined;
  const worse = compared.filter(({ result }) => result.verdict === "worse");
  // The worst difference comes first.
  const [worst] = worse;
  const best = compared.findLast(({ result }) => result.verdict === "better");
  const gain = best && `${best.title} gains ${sizeText(best.result)}`;
  if (worst) {
    const words = worse.length === 1 ? `${worst.title} is worse` : `${formatCount(worse.length)} segments are worse`;
    return `${words}, ${worse.length === 1 ? "by" : `${worst.title} by`} ${sizeText(worst.result)}${gain ? `; ${gain}` : ""}.`;
  }
  return gain ? `No segment is worse; ${gain}.` : "No segment is better or worse.";
}

/** How long rows took before. */
export interface EarlierRun {
  version: number;
  rows: number;
  ms: number;
  /** Milliseconds of it in the version, and where it ran. */
  modelMs: number;
  ranOn: string | null;
  /** Price of an hour there; null where the price book has none. */
  price: { amount: number; currency: string } | null;
}

/** Says how long an evaluation will take and what it will cost, by an earlier one of the same model, or what is missing to say so. */
export function estimateSentence(rows: number, earlier: EarlierRun | undefined): string {
  if (!earlier || earlier.rows === 0) {
    return `${plural(rows, "row")}. The duration is unknown until a version of this model has been evaluated.`;
  }
  const ms = (earlier.ms / earlier.rows) * rows;
  return `${plural(rows, "row")}, about ${formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000))}: v${earlier.version} took ${formatDuration(earlier.ms)} for ${formatCount(earlier.rows)}. ${costSentence(rows, earlier)}`;
}

/** Costs are those of the time in the version, as of requests that it serves. */
function costSentence(rows: number, { rows: before, modelMs, ranOn, price }: EarlierRun): string {
  const unit = ranOn === null || ranOn === "cpu" ? "CPU core" : "GPU";
  if (!price) return `Cost unknown: the price book has no price of a ${unit} hour.`;
  const amount = ((modelMs / before) * rows * price.amount) / hourMs;
  return `Cost: ${money(amount, price.currency)}, at the price of a ${unit} hour.`;
}

/** Describes the gap between groups, and what chance alone would show. */
export function gapSentence(
  scale: EvaluationMetric["scale"],
  {
    gap,
    interval,
    expectedByChance,
  }: { gap: number | null; interval: { low: number; high: number } | null; expectedByChance: number | null },
): string {
  if (gap === null) return "Too few rows to compare the groups.";
  const range = interval ? ` (${differenceRange(scale, interval)})` : "";
  const chance =
    expectedByChance === null ? "" : `; ${differenceText(scale, expectedByChance).replace("+", "")} expected by chance`;
  return `Gap ${differenceText(scale, gap).replace("+", "")}${range}${chance}.`;
}

/** Says how much of a set a version did not answer; undefined if it answered all. */
export function failedSentence(failed: number, evaluated: number): string | undefined {
  if (failed === 0) return undefined;
  const share = formatPercent(failed / (failed + evaluated));
  return `${plural(failed, "row")} (${share}) without a prediction count as incorrect.`;
}
