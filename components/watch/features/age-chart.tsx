"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { markGaps } from "#components/charts/prepare.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { ViewPoint } from "#server/watch/features/contract.ts";
import { ageScale } from "./age-scale.ts";

interface AgeChartProps {
  points: ViewPoint[];
  stepMs: number;
  /** In milliseconds since 1970. */
  from: number;
  to: number;
  ttlUs: number | null;
  /** Starts of materialisations, in milliseconds since 1970. */
  publications: { at: number; label: string; href: string }[];
  subtitle: string | undefined;
}

/** Renders the age of a view's rows when they were looked up, and of its newest event, beside the limit. */
export function AgeChart({ points, stepMs, from, to, ttlUs, publications, subtitle }: AgeChartProps) {
  const { unit, ms } = ageScale(points, ttlUs);
  const line = (of: (point: ViewPoint) => number | null) => {
    const measured = points.map((point) => {
      const value = of(point);
      return { at: point.at, value: value === null ? null : value / ms };
    });
    return markGaps(measured, stepMs);
  };
  return (
    <LineChart
      title="Age"
      subtitle={subtitle}
      unit={unit}
      range={{ from, to }}
      fromZero
      height={200}
      series={[
        { id: "served", label: "at look-up, p95", points: line(({ ageMs }) => ageMs.p95) },
        { id: "source", label: "newest event", points: line(({ lagMs }) => lagMs), kind: "estimate" },
      ]}
      thresholds={
        ttlUs === null
          ? []
          : [{ value: ttlUs / 1000 / ms, text: formatDuration(ttlUs / 1000), label: "limit", shade: "above" }]
      }
      markers={publications.map((publication) => ({ ...publication, kind: "data" }))}
      empty="No look-ups and no rows in this range."
    />
  );
}
