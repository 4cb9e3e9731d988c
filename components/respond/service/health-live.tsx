"use client";

import type { ReactNode } from "react";
import { AreaChart } from "#components/charts/area-chart.tsx";
import { ChangeLane } from "#components/charts/change-lane.tsx";
import { LineChart } from "#components/charts/line-chart.tsx";
import { type ChartedTraffic, useTrafficCharts } from "#components/release/traffic/use-traffic-charts.tsx";
import { ErrorsTile, LatencyTile, RequestsTile } from "#components/serve/endpoints/traffic-strip.tsx";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";

interface HealthLiveProps extends ChartedTraffic {
  /** Tiles of the other tabs that can go wrong. */
  tiles: ReactNode;
  /** What stands beside the charts: the cause and the SLOs. */
  beside: ReactNode;
}

/** One axis for the lane, the ribbon and all charts: values at the left, names and last values at the right. */
const room = { left: 56, right: 68 };

/** Renders whether an endpoint is well: a tile for each tab that can go wrong, and failures, requests and latency by version under each other. */
export function HealthLive({ tiles, beside, ...charted }: HealthLiveProps) {
  const { traffic, charts, served, common: all, stale } = useTrafficCharts(charted);
  const { range } = charted;
  // The key beside the tabs names the versions, but not those drawn together.
  const isNamedElsewhere = charts?.rate.every(({ id }) => id !== "rest") ?? true;
  const common = { ...all, bare: true, height: 150, room, hasLane: true, isNamedElsewhere };
  return (
    <>
      {stale}
      <MetricStrip>
        {traffic ? (
          <>
            <RequestsTile traffic={traffic} range={range} />
            <ErrorsTile traffic={traffic} range={range} />
            <LatencyTile traffic={traffic} range={range} quantile="p95" />
          </>
        ) : (
          ["requests", "errors", "p95"].map((key) => <MetricTileSkeleton key={key} />)
        )}
        {tiles}
      </MetricStrip>
      <Columns columns="minmax(0, 1fr) 320px">
        <Panel title="Health by version" subtitle={`${range.words}; drag to zoom, double-click to go back`}>
          <Stack>
            <ChangeLane range={all.range} markers={all.markers} parts={served} room={room} />
            <LineChart
              {...common}
              title="Failing requests"
              cardName="Failing"
              subtitle="% of requests"
              unit="%"
              fromZero
              endLabels
              series={charts?.errors ?? []}
            />
            <AreaChart
              {...common}
              gapWord="no gateway"
              title="Requests"
              cardName="Requests/s"
              subtitle="per second, stacked"
              unit=""
              series={charts?.rate ?? []}
            />
            <LineChart
              {...common}
              title="p95 latency"
              cardName="p95"
              subtitle="ms"
              unit="ms"
              fromZero
              endLabels
              series={charts?.p95 ?? []}
            />
          </Stack>
        </Panel>
        <Stack>{beside}</Stack>
      </Columns>
    </>
  );
}
