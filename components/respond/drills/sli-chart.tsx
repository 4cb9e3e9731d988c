"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { FaultKind } from "#server/serve/faults/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";

interface SliChartProps {
  series: Wire<EndpointSeries>;
  kind: FaultKind;
  startedAt: Date;
  endedAt: Date | null;
  range: { from: number; to: number };
}

/** Draws what the fault should be visible in: the latency of the endpoint, or its failed requests. */
export function SliChart({ series, kind, startedAt, endedAt, range }: SliChartProps) {
  const isLatency = kind === "latency" || kind === "cold-model";
  const points = series.steps.map(({ at, latencyMsP95, requests, serverErrors }) => ({
    at: Date.parse(at),
    value: isLatency ? latencyMsP95 : requests > 0 ? (serverErrors / requests) * 100 : null,
  }));
  return (
    <LineChart
      title={isLatency ? "p95 latency" : "Failed requests"}
      subtitle={isLatency ? "ms, per 10 s" : "% of requests, per 10 s"}
      unit={isLatency ? "ms" : "%"}
      height={180}
      fromZero
      range={range}
      series={[{ id: "sli", label: isLatency ? "p95" : "failed", index: 0, points }]}
      shades={[{ from: startedAt.getTime(), to: endedAt?.getTime() ?? range.to, label: "fault" }]}
      gapWord="no data"
      empty={<span className="lw-small lw-quiet">No requests yet.</span>}
    />
  );
}
