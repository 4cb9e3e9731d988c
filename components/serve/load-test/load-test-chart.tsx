"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import type { Series } from "#components/charts/prepare.ts";
import type { LoadTest } from "#server/serve/load-test/contract.ts";

/** Renders latency by rate, with the interval of the p95, and the rates at which latency rises and the endpoint saturates. */
export function LoadTestChart({ test: { steps, findings } }: { test: Pick<LoadTest, "steps" | "findings"> }) {
  const quantiles = ["p50", "p95", "p99"] as const;
  const series = quantiles.map(
    (name, index): Series => ({
      id: name,
      label: name,
      index,
      points: steps.map(({ requestsPerSecond, latencyMs }) => ({
        at: requestsPerSecond,
        value: latencyMs?.[name].value ?? null,
      })),
      ...(name === "p95" && {
        band: steps.flatMap(({ requestsPerSecond: at, latencyMs }) =>
          latencyMs ? [{ at, low: latencyMs.p95.low, high: latencyMs.p95.high }] : [],
        ),
      }),
    }),
  );
  const { knee, saturation } = findings;
  const markers: Marker[] = [
    ...(knee ? [{ at: knee.requestsPerSecond, label: "knee", kind: "label" as const }] : []),
    ...(saturation ? [{ at: saturation.requestsPerSecond, label: "saturated", kind: "incident" as const }] : []),
  ];
  return (
    <LineChart
      title="Latency by request rate"
      subtitle={`ms, by requests per second; the band is the 95% interval of the p95`}
      series={series}
      unit="ms"
      x="step"
      xNoun="requests/s"
      markers={markers}
      fromZero
      endLabels
      height={260}
      empty={<span className="lw-small lw-quiet">The first step is still running.</span>}
    />
  );
}
