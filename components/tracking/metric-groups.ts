import type { CurvePoint, LatestMetric, MetricCurve } from "#server/tracking/contract.ts";

/** Metrics that belong into one chart: "loss" of training and validation. */
export interface MetricGroup {
  title: string;
  curves: MetricCurve[];
}

/** A page draws at most so many metrics. */
const mostDrawn = 40;

/** Metrics about the machine, which MLflow's client logs by itself. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith("system/");
}

/** Keys of the metrics that are drawn: those of the machine, or all others. Losses and qualities are not the ones left out. */
export function drawnKeys(metrics: readonly LatestMetric[], kind: "model" | "system"): string[] {
  const keys = metrics.map(({ key }) => key).filter((key) => isSystemMetric(key) === (kind === "system"));
  return keys.toSorted((a, b) => importance(b) - importance(a)).slice(0, mostDrawn);
}

const phases = /^(train(?:ing)?|val(?:id(?:ation)?)?|test|eval|dev)[_/\-.]/i;

/** What a metric measures without the data it was measured on: "loss" for "val_loss". */
function stem(key: string): string {
  return key.replace(phases, "");
}

/**
 * The charts of a run: one per thing measured, training and validation together; qualities first, then losses. Metrics with a
 * single point are no curves.
 */
export function groupCurves(curves: readonly MetricCurve[]): MetricGroup[] {
  const drawable = curves.filter(({ points }) => points.length > 1);
  const groups = Map.groupBy(drawable, ({ key }) => stem(key));
  return [...groups]
    .map(([title, members]) => ({ title: members.length === 1 ? (members[0]?.key ?? title) : title, curves: members }))
    .toSorted((a, b) => importance(b.title) - importance(a.title) || (a.title < b.title ? -1 : 1));
}

function importance(name: string): number {
  if (/acc|auc|f1|precision|recall|score|iou|r2/i.test(name)) return 2;
  return /loss/i.test(name) ? 1 : 0;
}

/** Title and unit of a chart: those of the machine are put in words, others are called as they were logged. */
export function titleOf(name: string): { title: string; unit: string } {
  if (!isSystemMetric(name)) return { title: name, unit: "" };
  const words = name.slice("system/".length);
  const [, what = words, unit] = /^(.*)_(percentage|megabytes|gigabytes|watts|celsius)$/.exec(words) ?? [];
  const title = what.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
  return { title: title.replace(/^(Cpu|Gpu)\b/, (word) => word.toUpperCase()), unit: systemUnits[unit ?? ""] ?? "" };
}

const systemUnits: Record<string, string> = {
  percentage: "%",
  megabytes: "MB",
  gigabytes: "GB",
  watts: "W",
  celsius: "°C",
};

/** Points of a curve along steps or time; NaN, which is no place in a chart, is a gap. */
export function pointsAlong(points: readonly CurvePoint[], x: "step" | "time"): { at: number; value: number | null }[] {
  return points
    .map(({ step, timestamp, value }) => ({ at: x === "step" ? step : timestamp, value }))
    .sort((a, b) => a.at - b.at);
}

/** The words for metrics that are no number at the end: "train_loss is NaN since step 12". */
export function nanWords({ curves }: MetricGroup): string[] {
  return curves.flatMap(({ key, points }) => {
    if (points.at(-1)?.value !== null || points.length === 0) return [];
    const last = points.findLastIndex(({ value }) => value !== null);
    const since = points[last + 1]?.step ?? 0;
    return [`${key} is NaN since step ${since.toLocaleString("en")}`];
  });
}
