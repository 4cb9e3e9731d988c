import type { LatestMetric, MetricCurve } from "#server/develop/tracking/metrics/contract.ts";

/** Metrics that belong into one chart: "loss" of training and validation. */
export interface MetricGroup {
  title: string;
  curves: MetricCurve[];
}

/** Maximum number of metrics of a run drawn on a page. */
export const maxPlotted = 40;

/** Maximum number of metrics of a comparison, where each chart has up to ten lines. */
export const maxCompared = 12;

/** Returns whether a metric describes the machine; the MLflow client logs these automatically. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith("system/");
}

/**
 * Returns the keys of the metrics that can be drawn, the most informative first: either system metrics or all others.
 * @param search part of the name; "" matches all.
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

/** Returns the name of a metric without its dataset or device: "loss" for "val_loss", one name for the utilisation of all GPUs. */
function stem(key: string): string {
  return isSystemMetric(key) ? key.replace(/\/gpu_\d+_/, "/gpu_") : key.replace(phases, "");
}

/** Returns the device of a machine that a curve belongs to: "GPU 1"; without one, the key. */
export function lineName(key: string): string {
  const [, device] = /^system\/gpu_(\d+)_/.exec(key) ?? [];
  return device === undefined ? key : `GPU ${device}`;
}

/** Returns the part of the machine that a chart shows, as a heading. */
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
 * Groups the charts of a run: one per measured quantity, training and validation together; quality metrics first, then losses. Metrics
 * with a single point have no curve.
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

/** Returns the title and unit of a chart: system metrics are named in words, others keep their logged name. */
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
