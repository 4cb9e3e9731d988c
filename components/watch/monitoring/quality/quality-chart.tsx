"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { servedRibbon } from "#components/serve/endpoints/served-ribbon.ts";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { QualityHistory, QualitySummary } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";
import { historySeries, immatureRange, labelSeries } from "./history-series.ts";
import { charted, metricUnit } from "./quality-text.ts";

const grains = [
  { stepMs: 86_400_000, words: "daily (UTC)" },
  { stepMs: 3_600_000, words: "hourly" },
  { stepMs: 0, words: "per five minutes" },
];

interface QualityChartProps {
  history: Wire<QualityHistory>;
  summary: Pick<Wire<QualitySummary>, "metric" | "objective" | "reference">;
  markers?: readonly Marker[];
  /** What was deployed when, newest first, for the ribbon over the chart. */
  deployments?: readonly Pick<Wire<Deployment>, "modelName" | "version" | "deployedAt">[];
  /** Whether its tab widens ranges by itself: then it shows what was dragged. */
  isExact?: boolean;
}

/** Renders estimated and realised quality; where labels are pending, only the estimate on a shaded background. Below, label coverage. */
export function QualityChart({ history, summary, markers = [], deployments = [], isExact = false }: QualityChartProps) {
  const onZoom = useRangeZoom(isExact);
  const { metric, objective, reference } = summary;
  const immature = immatureRange(history);
  const first = history.points[0];
  const last = history.points.at(-1);
  const range = first && last ? { from: Date.parse(first.at), to: Date.parse(last.until) } : undefined;
  const grain = grains.find(({ stepMs }) => history.stepMs >= stepMs)?.words;
  const line = objective
    ? { value: objective.value, label: "objective" }
    : { value: reference, label: "on the reference" };
  return (
    <div style={{ overflowX: "clip", display: "grid", gap: 14 }}>
      <LineChart
        title={`${metricFacts[metric].label}: estimated and realised`}
        subtitle={grain}
        unit={metricUnit(metric)}
        height={260}
        series={historySeries(history)}
        range={range}
        onZoom={onZoom}
        ribbon={range && servedRibbon(deployments, range)}
        thresholds={line.value === null ? [] : [{ value: charted(metric, line.value) ?? 0, label: line.label }]}
        markers={markers}
        shades={immature ? [{ ...immature, label: "labels pending" }] : []}
        gapWord="no labels"
        syncId="quality"
        cardName={metricFacts[metric].label}
        empty="No estimates and no labels in this range."
      />
      <LineChart
        title="Labels received"
        subtitle="% of logged predictions"
        unit="%"
        height={110}
        series={[labelSeries(history)]}
        range={range}
        onZoom={onZoom}
        values={{ low: 0, high: 100 }}
        fromZero
        endLabels={false}
        gapWord="no predictions"
        syncId="quality"
        cardName="Labels"
        empty="No predictions logged in this range."
      />
    </div>
  );
}
