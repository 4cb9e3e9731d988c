"use client";

import Link from "next/link";
import { LineChart } from "#components/charts/line-chart.tsx";
import type { Series } from "#components/charts/prepare.ts";
import { EmptyState } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { QualityHistory, QualitySummary } from "#server/monitoring/quality/contract.ts";

interface QualityPanelProps {
  endpoint: string;
  quality: {
    summary: Wire<QualitySummary>;
    history: Wire<QualityHistory>;
    /** What the metric is called, and whether it is a share. */
    metric: { label: string; isShare: boolean };
  };
}

/** What labels say beside what was estimated before they came; realised values stop where too few labels exist. */
export function QualityPanel({ endpoint, quality: { summary, history, metric } }: QualityPanelProps) {
  const { label, isShare } = metric;
  const scale = isShare ? 100 : 1;
  const objective = summary.objective;
  return (
    <LineChart
      title={`${label}: estimated and realised`}
      subtitle={isShare ? "%" : undefined}
      right={<Link href={`/quality/${encodeURIComponent(endpoint)}`}>Quality</Link>}
      unit={isShare ? "%" : ""}
      height={200}
      series={seriesOf(history, scale)}
      thresholds={objective ? [{ label: "objective", value: objective.value * scale, shade: "below" as const }] : []}
      empty={
        <EmptyState title="Nothing is known of its quality yet">
          {summary.words.join(" ") ||
            "Labels that callers post are compared with the answers; before they come, quality is estimated from calibrated scores."}
        </EmptyState>
      }
    />
  );
}

function seriesOf({ points }: Wire<QualityHistory>, scale: number): Series[] {
  const at = (point: { at: string }) => new Date(point.at).getTime();
  const banded = points.flatMap((point) => {
    const { low = null, high = null } = point.estimated ?? {};
    return low === null || high === null ? [] : [{ at: at(point), low: low * scale, high: high * scale }];
  });
  return [
    {
      id: "realised",
      label: "realised",
      points: points.map((point) => ({
        at: at(point),
        value: point.isMature && point.realised ? point.realised.value * scale : null,
      })),
      role: "stable",
    },
    {
      id: "estimated",
      label: "estimated, with its 95 % range",
      points: points.map((point) => ({ at: at(point), value: point.estimated ? point.estimated.value * scale : null })),
      band: banded,
      kind: "estimate",
      place: 0,
    },
  ];
}
