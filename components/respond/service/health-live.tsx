"use client";

import type { ReactNode } from "react";
import { AreaChart } from "#components/charts/area-chart.tsx";
import { LineChart } from "#components/charts/line-chart.tsx";
import { rolloutMarkers } from "#components/release/rollouts/rollout-markers.ts";
import { NothingMeasured } from "#components/release/traffic/traffic-live.tsx";
import { useTraffic } from "#components/release/traffic/use-traffic.ts";
import { spanOf, type TimeRange } from "#components/serve/endpoints/time-range.ts";
import { deploymentMarkers, trafficCharts } from "#components/serve/endpoints/traffic-series.ts";
import { ErrorsTile, LatencyTile, RequestsTile } from "#components/serve/endpoints/traffic-strip.tsx";
import { useRangeZoom } from "#components/serve/endpoints/use-range-zoom.ts";
import { formatClock } from "#components/ui/format-time.ts";
import { MetricStrip, MetricTileSkeleton } from "#components/ui/metric-tile.tsx";
import { useNow } from "#components/ui/now.tsx";
import { Columns, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StaleLine } from "#components/ui/states.tsx";
import type { Wire } from "#components/ui/wire.ts";
import type { RolloutMarker } from "#server/release/rollouts/markers/contract.ts";
import { type Deployment, endpointTabHref } from "#server/serve/endpoints/contract.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";

interface HealthLiveProps {
  endpoint: { id: string; name: string };
  /** Id of the version that serves now, which is drawn first. */
  servingId: string | undefined;
  /** Newest first. */
  history: Wire<Deployment>[];
  rollouts: Wire<RolloutMarker>[];
  range: TimeRange;
  /** Read with the page; undefined when that failed. */
  initial: Wire<EndpointSeries> | undefined;
  /** Tiles of the other tabs that can go wrong. */
  tiles: ReactNode;
  /** What stands beside the charts: the cause and the SLOs. */
  beside: ReactNode;
}

/** Renders whether an endpoint is well: a tile for each tab that can go wrong, and failures, requests and latency by version under each other. */
export function HealthLive(props: HealthLiveProps) {
  const { endpoint, servingId, history, rollouts, range, initial, tiles, beside } = props;
  const { data, error, dataUpdatedAt } = useTraffic(endpoint, range, initial);
  const onZoom = useRangeZoom();
  const now = useNow(10_000);
  const { from, to } = spanOf(range, now);
  const span = { from: from.getTime(), to: to.getTime() };
  const charts = data && trafficCharts(data, servingId, span);
  const releases = endpointTabHref(endpoint.name, "releases");
  const common = {
    bare: true,
    onZoom,
    height: 150,
    range: span,
    syncId: `health-${endpoint.id}`,
    markers: [...deploymentMarkers(history, releases), ...rolloutMarkers(rollouts)],
    loading: !data && !error,
    empty: <NothingMeasured deployed={history.length > 0} />,
  };
  return (
    <>
      {error && (
        <StaleLine>
          {data ? `Showing data as of ${formatClock(dataUpdatedAt)}. ` : ""} Could not load traffic: {error.message}{" "}
          Retrying…
        </StaleLine>
      )}
      <MetricStrip>
        {data ? (
          <>
            <RequestsTile traffic={data} range={range} />
            <ErrorsTile traffic={data} range={range} />
            <LatencyTile traffic={data} range={range} quantile="p95" />
          </>
        ) : (
          ["requests", "errors", "p95"].map((key) => <MetricTileSkeleton key={key} />)
        )}
        {tiles}
      </MetricStrip>
      <Columns columns="minmax(0, 1fr) 320px">
        <Panel title="Health by version" subtitle={`${range.words}; drag to zoom, double-click to go back`}>
          <Stack>
            <LineChart
              {...common}
              title="Failing requests"
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
              subtitle="per second, stacked"
              unit=""
              series={charts?.rate ?? []}
            />
            <LineChart
              {...common}
              title="p95 latency"
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
