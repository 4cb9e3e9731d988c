import { Definition } from "#components/ui/definition.tsx";
import { MetricStrip, MetricTile } from "#components/ui/metric-tile.tsx";
import type { EvaluationMetric, EvaluationResult } from "#server/release/evaluation/contract.ts";
import { metricDefinition, tileMetrics } from "./metric-definitions.ts";
import { intervalText, valueText } from "./metric-text.ts";

interface MetricTilesProps {
  taskKind: string;
  result: EvaluationResult;
  /** Version that it is compared with, with its metrics on the same set. */
  base: { version: number; metrics: readonly EvaluationMetric[] } | undefined;
}

/** Renders the metrics by which a kind of task is known, each with its interval and the value of the other version. */
export function MetricTiles({ taskKind, result, base }: MetricTilesProps) {
  return (
    <MetricStrip>
      {tileMetrics(taskKind, result.metrics).map((metric) => (
        <MetricTile
          key={metric.id}
          label={<MetricName metric={metric} />}
          value={metric.value === null ? null : valueText(metric.scale, metric.value)}
          comparison={comparisonOf(metric, result, base)}
          large
        />
      ))}
    </MetricStrip>
  );
}

/** Renders the name of a metric with what it says. */
export function MetricName({
  metric: { id, title, note },
}: {
  metric: Pick<EvaluationMetric, "id" | "title"> & { note?: string | null };
}) {
  const sentence = metricDefinition(id);
  if (!sentence) return title;
  return (
    <Definition name={title} sentence={note ? `${sentence} ${note}` : sentence}>
      {title}
    </Definition>
  );
}

function comparisonOf(
  metric: EvaluationMetric,
  { panels }: EvaluationResult,
  base: MetricTilesProps["base"],
): string | undefined {
  const { id, scale, value, note } = metric;
  const other = base?.metrics.find((each) => each.id === id);
  const chance =
    id === "calibrationError" && panels.kind === "classification" && panels.calibration
      ? `chance up to ${valueText(scale, panels.calibration.chanceLimit)}`
      : undefined;
  const parts = [
    value === null ? note : (chance ?? intervalText(scale, metric.interval)),
    base && other && other.value !== null ? `v${base.version} ${valueText(scale, other.value)}` : undefined,
  ];
  return parts.filter(Boolean).join("; ") || undefined;
}
