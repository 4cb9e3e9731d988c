"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import { historySeries, immatureRange } from "#components/watch/monitoring/quality/history-series.ts";
import { metricUnit } from "#components/watch/monitoring/quality/quality-text.ts";
import type { QualityHistory } from "#server/watch/monitoring/quality/contract.ts";
import { metricFacts } from "#server/watch/monitoring/quality/metrics/constants.ts";

interface RealisedPanelProps {
  history: Wire<QualityHistory>;
  /** Adoptions of candidates. */
  markers: readonly Marker[];
}

/** Shows the realised quality of a policy's endpoint per day, with a mark where a candidate was adopted. */
export function RealisedPanel({ history, markers }: RealisedPanelProps) {
  const { metric, points } = history;
  const realised = historySeries(history).filter(({ id }) => id === "realised");
  const title = `Realised ${metricFacts[metric].label.toLowerCase()}`;
  if (!points.some((point) => point.isMature && point.realised !== null)) {
    return (
      <Panel title={title}>
        <EmptyState title="No complete labels">
          No predictions of the last 30 days have complete labels. Send labels to measure quality and gains.
        </EmptyState>
      </Panel>
    );
  }
  const immature = immatureRange(history);
  const [first, last] = [points[0], points.at(-1)];
  return (
    <div style={{ overflowX: "clip" }}>
      <LineChart
        title={title}
        subtitle="daily (UTC), last 30 days"
        unit={metricUnit(metric)}
        height={220}
        series={realised}
        range={first && last ? { from: Date.parse(first.at), to: Date.parse(last.until) } : undefined}
        markers={markers}
        shades={immature ? [{ ...immature, label: "labels pending" }] : []}
        gapWord="no labels"
      />
    </div>
  );
}
