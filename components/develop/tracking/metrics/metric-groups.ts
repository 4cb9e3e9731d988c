import type { LatestMetric, MetricCurve } from "#server/develop/tracking/metrics/contract.ts";

/** Metrics that belong into one chart: "loss" of training and validation. */
export interface MetricGroup {
  title: string;
  curves: MetricCurve[];
}

/** A page draws at most so many metrics of a run. */
export const maxPlotted = 40;

/** And of a comparison, where each chart has up to ten lines. */
export const maxCompared = 12;

/** Metrics about the machine, which MLflow's client logs by itself. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith("system/");
}

/**
 * Keys of the metrics that can be drawn, those that tell most first: those of the machine, or all others.
 * @param search what a name must have in it; "" is all.
 */
export function metricKeys(
  metrics: readonly Pick<LatestMetric, "key">[],
  kind: "model" | "system",
  search = "",
): string[] {
  const wanted = search.toLowerCase();
  return metrics
    .map(({ key }) => key)
    .filter((key) => isSystemMetric(key) === (kind === "system") && key.toLowerCase().includes(wanted))
    .toSorted((a, b) => importance(b) - importance(a));
}

const phases = /^(train(?:ing)?|val(?:id(?:ation)?)?|test|eval|dev)[_/\-.]/i;

/** What a metric measures without the data or device it was measured on: "loss" for "val_loss", all GPUs' use together. */
function stem(key: string): string {
  return isSystemMetric(key) ? key.replace(/\/gpu_\d+_/, "/gpu_") : key.replace(phases, "");
}

/** Which of a machine's devices a curve is of: "GPU 1"; its key where a chart has no others. */
export function lineName(key: string): string {
  const [, device] = /^system\/gpu_(\d+)_/.exec(key) ?? [];
  return device === undefined ? key : `GPU ${device}`;
}

/** The part of the machine that a chart is about, as a heading. */
export function machinePart(title: string): string {
  const part = /^system\/([a-z]+)/.exec(title)?.[1] ?? "";
  return (
    {
      cpu: "CPU and memory",
      system: "CPU and memory",
      gpu: "GPUs",
      network: "Network and disk",
      disk: "Network and disk",
    }[part] ?? "Other"
  );
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
